using Microsoft.AspNetCore.Mvc.Infrastructure;

namespace Conversations.Api.Control;

/// <summary>The rules of filters and pages. A value that can match nothing is a mistake of the caller.</summary>
internal static class Filters
{
    public const string NoOperation =
        "operation must be an operation id, such as CreateConversationParticipant. Swagger UI lists them.";

    /// <exception cref="ControlException">400: the value is none of the allowed ones.</exception>
    public static void CheckOneOf(string name, string? value, params string[] allowed) =>
        Require(
            value is null || allowed.Contains(value),
            $"{name} must be {string.Join(", ", allowed[..^1])} or {allowed[^1]}."
        );

    /// <exception cref="ControlException">400: no operation has the id.</exception>
    public static void CheckOperation(string? operation, IActionDescriptorCollectionProvider actions) =>
        Require(operation is null || Operations.All(actions).Contains(operation), NoOperation);

    /// <summary>The number of rows of a page, at most the greatest.</summary>
    /// <exception cref="ControlException">400: it is not positive.</exception>
    public static int LimitOf(int? limit, int byDefault, int greatest)
    {
        Require(limit is null or > 0, "limit must be at least 1.");
        return Math.Min(limit ?? byDefault, greatest);
    }

    /// <exception cref="ControlException">400: it is negative.</exception>
    public static int OffsetOf(int? offset)
    {
        Require(offset is null or >= 0, "offset must be at least 0.");
        return offset ?? 0;
    }

    private static void Require(bool condition, string detail)
    {
        if (!condition)
        {
            throw new ControlException(StatusCodes.Status400BadRequest, detail);
        }
    }
}
