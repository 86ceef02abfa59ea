using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Participants;
using Conversations.Api.Wire;

namespace Conversations.Api.ParticipantConversations;

/// <summary>Reads the conversations of an identity or an address, closed ones included.</summary>
public sealed class ParticipantConversationService(
    ConversationsDbContext db,
    ParticipantConversationQueries queries,
    RequestScope scope,
    ConversationTimers timers
)
{
    private const int KeyLength = 2 * Sids.Length;

    public async Task<Page<ParticipantConversation>> ListAsync(
        ParticipantConversationQuery query,
        CancellationToken cancellationToken
    )
    {
        var identity = query.Identity.NullIfEmpty();
        var (start, end) = RangeOf(query.PageToken.NullIfEmpty());
        Slice<ParticipantConversation> slice;
        do
        {
            slice =
                await (identity is null ? queries.ByAddress : queries.ByIdentity).ReadAsync(
                    db,
                    new(scope.AccountSid, scope.ChatServiceSidInPath),
                    identity ?? query.Address,
                    start,
                    end,
                    query.Size,
                    cancellationToken
                ) ?? throw scope.NotFound();
        } while (await timers.SettleAsync(slice.Rows.Select(row => row.Conversation), cancellationToken));

        return new(slice.Rows, query, slice.Previous is { } previous ? previous + start : null, slice.Next);
    }

    // A token has the form of those in Paging, with the SIDs of conversation and participant as key.
    private static (string? Start, string? End) RangeOf(string? token)
    {
        if (token is null)
        {
            return (null, null);
        }

        var keys = Paging.KeysOf(token);
        var (start, end) = keys.Length > KeyLength ? (keys[..KeyLength], keys[KeyLength..]) : (keys, null);
        return IsKey(start) && (end is null || IsKey(end))
            ? (start, end)
            : throw new TwilioException(TwilioErrors.InvalidPageToken);
    }

    private static bool IsKey(string text) =>
        text.Length == KeyLength
        && Sids.Is<Conversation>(text[..Sids.Length])
        && Sids.Is<Participant>(text[Sids.Length..]);
}
