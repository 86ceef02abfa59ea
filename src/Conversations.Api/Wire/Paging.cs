using Conversations.Api.Data;
using Conversations.Api.Errors;

namespace Conversations.Api.Wire;

/// <summary>
/// Tokens of keyset paging over the SID, which sorts by creation. A token is PT and the SID of its page's first row. It
/// is only a position in the order: it gives no access to another list's rows, and it remains valid when that row is
/// deleted.
/// </summary>
public static class Paging
{
    internal const string TokenPrefix = "PT";

    /// <summary>Where the requested page begins; null for the first one.</summary>
    /// <exception cref="TwilioException">20001: the token is not one of this kind of list.</exception>
    public static string? Start<T>(this PageRequest request)
        where T : IResource =>
        request.PageToken.NullIfEmpty() is not { } token ? null
        : token.StartsWith(TokenPrefix, StringComparison.Ordinal) && Sids.Is<T>(token[TokenPrefix.Length..])
            ? token[TokenPrefix.Length..]
        : throw new TwilioException(TwilioErrors.InvalidPageToken);
}
