using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Conversations.Api.Control;

/// <summary>
/// Compares JSON with the type that it is read into, and says what is wrong in words of JSON. The exceptions of the
/// framework name types of the server.
/// </summary>
internal static class JsonShape
{
    public const string Date = "must be a date such as 2030-01-02T03:04:05Z";

    public const string Number = "must be a whole number";

    /// <param name="name">The value's name in the answer; null for a whole body.</param>
    /// <returns>The first problem: an unknown member, or a value of another type. Null for none.</returns>
    public static string? ProblemOf(JsonElement value, Type type, JsonSerializerOptions options, string? name = null)
    {
        var expected = options.GetTypeInfo(type);
        try
        {
            return (expected.Kind, value.ValueKind) switch
            {
                (JsonTypeInfoKind.Object, JsonValueKind.Object) => ProblemOfMembers(value, expected, name),
                (JsonTypeInfoKind.Object, _) when name is null => "The body must be a JSON object",
                (not JsonTypeInfoKind.None, JsonValueKind.Null) => null,
                (JsonTypeInfoKind.Object, _) => $"{name} must be an object",
                (JsonTypeInfoKind.Enumerable, JsonValueKind.Array) => value
                    .EnumerateArray()
                    .Select((item, index) => ProblemOf(item, expected.ElementType!, options, $"{name}[{index}]"))
                    .FirstOrDefault(problem => problem is not null),
                (JsonTypeInfoKind.Enumerable, _) => $"{name} must be an array",
                _ => CanRead(value, expected) ? null : $"{name} {Expected(type)}",
            };
        }
        catch (InvalidOperationException)
        {
            return $"{name ?? "The body"} has a text that is not valid Unicode";
        }
    }

    /// <summary>The first problem of a value that could not be read.</summary>
    /// <param name="json">At the value.</param>
    public static string ProblemOf(ref Utf8JsonReader json, Type type, JsonSerializerOptions options, string name)
    {
        try
        {
            return ProblemOf(JsonElement.ParseValue(ref json), type, options, name) ?? $"{name} has a wrong value";
        }
        catch (JsonException)
        {
            return "this is not valid JSON";
        }
    }

    private static string? ProblemOfMembers(JsonElement value, JsonTypeInfo expected, string? name)
    {
        var comparison = expected.Options.PropertyNameCaseInsensitive
            ? StringComparison.OrdinalIgnoreCase
            : StringComparison.Ordinal;
        var members = expected.Properties.Where(member => member.Set is not null).ToList();
        foreach (var given in value.EnumerateObject())
        {
            var path = name is null ? given.Name : $"{name}.{given.Name}";
            var problem = members.Find(member => member.Name.Equals(given.Name, comparison)) is { } member
                ? ProblemOf(given.Value, member.PropertyType, expected.Options, path)
                : $"{path} is unknown. The members are {string.Join(", ", members.Select(one => one.Name))}";
            if (problem is not null)
            {
                return problem;
            }
        }

        return null;
    }

    private static bool CanRead(JsonElement value, JsonTypeInfo expected)
    {
        try
        {
            value.Deserialize(expected);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Expected(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) switch
        {
            var date when date == typeof(DateTimeOffset) || date == typeof(DateTime) => Date,
            var number when number == typeof(int) || number == typeof(long) => Number,
            var number when number == typeof(double) => "must be a number",
            var flag when flag == typeof(bool) => "must be true or false",
            _ => "must be a string",
        };
}
