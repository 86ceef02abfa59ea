using System.Globalization;
using Conversations.Api.Data;
using Conversations.Api.Errors;

namespace Conversations.Api.Wire;

/// <summary>
/// Tokens of keyset paging over the SID, which sorts by creation. A token is PT and the SID of its page's first row.
/// The token of a previous page also has the SID where that page ends, so that a deleted row does not let the next
/// page's rows move into it. A token is only a position in the order: it gives no access to another list's rows, and it
/// remains valid when that row is deleted.
/// </summary>
public static class Paging
{
    internal const string TokenPrefix = "PT";

    /// <summary>
    /// Where the requested page begins, and before which row it ends. Null for the first page, and for no end.
    /// </summary>
    /// <exception cref="TwilioException">20001: the token is not one of this kind of list.</exception>
    public static (string? Start, string? End) Range<T>(this PageRequest request)
        where T : IResource
    {
        if (request.PageToken.NullIfEmpty() is not { } token)
        {
            return (null, null);
        }

        var sids = KeysOf(token);
        var (start, end) = sids.Length > Sids.Length ? (sids[..Sids.Length], sids[Sids.Length..]) : (sids, null);
        return Sids.Is<T>(start) && (end is null || Sids.Is<T>(end))
            ? (start, end)
            : throw new TwilioException(TwilioErrors.InvalidPageToken);
    }

    /// <summary>The part of a token after PT; empty when the token does not begin so.</summary>
    public static string KeysOf(string token) =>
        token.StartsWith(TokenPrefix, StringComparison.Ordinal) ? token[TokenPrefix.Length..] : "";

    /// <summary>
    /// Where the requested page begins in a list over an index: a token is PT and an index, which is a position whether
    /// it has a row or not. Null for the first page. The token of a previous page has no end: recordings show PT20.
    /// </summary>
    /// <exception cref="TwilioException">
    /// 19038: the index is negative. 20001: the token is not one of this kind of list.
    /// </exception>
    public static long? StartIndex(this PageRequest request)
    {
        if (request.PageToken.NullIfEmpty() is not { } token)
        {
            return null;
        }

        var index = KeysOf(token);
        TwilioException.ThrowIf(index is ['-', .. var digits] && IsNumber(digits), TwilioErrors.NegativePageToken);
        TwilioException.ThrowIf(!IsNumber(index), TwilioErrors.InvalidPageToken);
        return long.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            ? start
            : long.MaxValue;

        static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);
    }
}
