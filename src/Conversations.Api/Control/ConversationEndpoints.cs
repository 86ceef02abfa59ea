using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Participants;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Control;

/// <summary>Finds conversations by what people know of them. Twilio's API lists them by date only.</summary>
internal static class ConversationEndpoints
{
    private const int MaxConversations = 100;

    private const int MaxParticipants = 5;

    public static void MapConversations(this IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/control/conversations", ListAsync)
            .WithTags("Conversations")
            .WithName("FindConversation")
            .WithSummary("Find conversations of all chat services by a part of a name, SID, identity or address");

    private static async Task<ConversationOverviewListResource> ListAsync(
        HttpContext context,
        ConversationsDbContext db,
        string? search,
        int? limit,
        int? offset,
        CancellationToken cancellationToken
    )
    {
        var (start, size) = (Filters.OffsetOf(offset), Filters.LimitOf(limit, MaxConversations, MaxConversations));
        var sid = context.Account().Sid;
        var participants = ShownParticipants.Of(db).Where(p => p.AccountSid == sid);
        var messages = db.Set<Message>().Where(m => m.AccountSid == sid);
        var matching = Matching(db.Set<Conversation>().Live(db).Where(c => c.AccountSid == sid), participants, search);
        var rows = await WithLast(matching, messages)
            .OrderByDescending(found => found.Active)
            .ThenByDescending(found => found.Row.Sid)
            .Skip(start)
            .Take(size + 1)
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        var page = rows.Take(size).ToList();
        var sids = page.Select(found => found.Row.Sid).ToArray();
        var last = await LastAsync(messages, [.. page.Select(one => one.Last)], cancellationToken);
        var members = await FirstAsync(db.Set<Conversation>(), participants, sids, cancellationToken);
        var closed = page.Where(one => one.Row.IsClosed).Select(one => one.Row.Sid).ToArray();
        var counts = await CountAsync(participants, closed, cancellationToken);
        var shown = page.Select(one =>
            Of(one.Row, one.Active, last.GetValueOrDefault(one.Row.Sid), members) with
            {
                ParticipantCount = one.Row.IsClosed ? counts.GetValueOrDefault(one.Row.Sid) : one.Row.ParticipantCount,
            }
        );
        return new([.. shown], rows.Count > size ? start + size : null);
    }

    private static IQueryable<Found> WithLast(IQueryable<Conversation> conversations, IQueryable<Message> messages) =>
        conversations.Select(c => new Found
        {
            Row = c,
            Active =
                messages
                    .Where(m => m.ConversationSid == c.Sid)
                    .OrderByDescending(m => m.Index)
                    .Select(m => (DateTime?)m.DateCreated)
                    .FirstOrDefault()
                ?? c.DateUpdated,
            Last = messages
                .Where(m => m.ConversationSid == c.Sid)
                .OrderByDescending(m => m.Index)
                .Select(m => m.Sid)
                .FirstOrDefault(),
        });

    private static Task<Dictionary<string, LastMessageResource>> LastAsync(
        IQueryable<Message> messages,
        string?[] sids,
        CancellationToken cancellationToken
    ) =>
        messages
            .Where(m => sids.Contains(m.Sid))
            .ToDictionaryAsync(
                m => m.ConversationSid,
                m => new LastMessageResource(m.Author, m.Media == null || m.Body != "" ? m.Body : null, m.DateCreated),
                cancellationToken
            );

    // The row of a closed conversation also counts the participants that a deleted user has left.
    private static Task<Dictionary<string, int>> CountAsync(
        IQueryable<Participant> participants,
        string[] sids,
        CancellationToken cancellationToken
    ) =>
        participants
            .Where(p => sids.Contains(p.ConversationSid))
            .GroupBy(p => p.ConversationSid)
            .ToDictionaryAsync(own => own.Key, own => own.Count(), cancellationToken);

    private static async Task<ILookup<string, ListedParticipantResource>> FirstAsync(
        IQueryable<Conversation> conversations,
        IQueryable<Participant> participants,
        string[] sids,
        CancellationToken cancellationToken
    )
    {
        var all = participants.Where(p => sids.Contains(p.ConversationSid));
        var first = await conversations
            .Where(c => sids.Contains(c.Sid))
            .SelectMany(c => all.Where(p => p.ConversationSid == c.Sid).OrderBy(p => p.Sid).Take(MaxParticipants))
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        return first
            .OrderBy(p => p.Sid, StringComparer.Ordinal)
            .ToLookup(
                p => p.ConversationSid,
                p => new ListedParticipantResource(p.Sid, p.Identity, p.BindingType, p.Address)
            );
    }

    private static ConversationOverviewResource Of(
        Conversation conversation,
        DateTime active,
        LastMessageResource? last,
        ILookup<string, ListedParticipantResource> members
    ) =>
        new(
            conversation.Sid,
            conversation.ChatServiceSid,
            conversation.FriendlyName,
            conversation.UniqueName,
            conversation.State,
            conversation.DateCreated,
            active,
            last,
            conversation.ParticipantCount,
            [.. members[conversation.Sid]]
        );

    private static IQueryable<Conversation> Matching(
        IQueryable<Conversation> all,
        IQueryable<Participant> participants,
        string? search
    )
    {
        if (string.IsNullOrWhiteSpace(search))
        {
            return all;
        }

        if (Sids.Is<Conversation>(search))
        {
            return all.Where(c => c.Sid == search);
        }

        var text = search.Trim().ToLowerInvariant();
#pragma warning disable CA1862 // A database has no StringComparison.
        return all.Where(c =>
            c.Sid.ToLower().Contains(text)
            || c.FriendlyName!.ToLower().Contains(text)
            || c.UniqueName!.ToLower().Contains(text)
            || participants.Any(p =>
                p.ConversationSid == c.Sid
                && (p.Identity!.ToLower().Contains(text) || p.Address!.ToLower().Contains(text))
            )
        );
#pragma warning restore CA1862
    }

    /// <summary>A conversation with the date of its last activity and the SID of its last message.</summary>
    private sealed class Found
    {
        public required Conversation Row { get; init; }

        public required DateTime Active { get; init; }

        public required string? Last { get; init; }
    }
}
