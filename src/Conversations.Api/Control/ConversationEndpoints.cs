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
        CancellationToken cancellationToken
    )
    {
        var sid = context.Account().Sid;
        var participants = db.Set<Participant>().Where(p => p.AccountSid == sid && !p.Pending);
        var messages = db.Set<Message>().Where(m => m.AccountSid == sid);
        var rows = await Matching(db.Set<Conversation>().Where(c => c.AccountSid == sid), participants, search)
            .Select(c => new
            {
                Row = c,
                Active = messages
                    .Where(m => m.ConversationSid == c.Sid)
                    .OrderByDescending(m => m.Index)
                    .Select(m => (DateTime?)m.DateCreated)
                    .FirstOrDefault()
                    ?? c.DateUpdated,
            })
            .OrderByDescending(found => found.Active)
            .ThenByDescending(found => found.Row.Sid)
            .Take(Math.Clamp(limit ?? MaxConversations, 1, MaxConversations))
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        var sids = rows.Select(found => found.Row.Sid).ToArray();
        var last = await LastAsync(messages, sids, cancellationToken);
        var members = await FirstAsync(participants, sids, cancellationToken);
        return new([
            .. rows.Select(found => Of(found.Row, found.Active, last.GetValueOrDefault(found.Row.Sid), members)),
        ]);
    }

    private static Task<Dictionary<string, LastMessageResource>> LastAsync(
        IQueryable<Message> messages,
        string[] sids,
        CancellationToken cancellationToken
    ) =>
        messages
            .Where(m => sids.Contains(m.ConversationSid))
            .Where(m => m.Index == messages.Where(o => o.ConversationSid == m.ConversationSid).Max(o => o.Index))
            .ToDictionaryAsync(
                m => m.ConversationSid,
                m => new LastMessageResource(m.Author, m.Media == null || m.Body != "" ? m.Body : null, m.DateCreated),
                cancellationToken
            );

    private static async Task<ILookup<string, ListedParticipantResource>> FirstAsync(
        IQueryable<Participant> participants,
        string[] sids,
        CancellationToken cancellationToken
    )
    {
        var first = await participants
            .Where(p => sids.Contains(p.ConversationSid))
            .Where(p =>
                participants.Count(o => o.ConversationSid == p.ConversationSid && o.Sid.CompareTo(p.Sid) < 0)
                < MaxParticipants
            )
            .OrderBy(p => p.Sid)
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        return first.ToLookup(
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
}
