using Conversations.Api.Accounts;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Participants;
using Conversations.Api.Roles;
using Conversations.Api.Users;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.ConversationWithParticipants;

/// <summary>
/// Finishes conversations that are initializing. The workers of all processes share the work:
/// <list type="number">
/// <item>A worker claims a setup: it stores a date of the database's clock, and the other workers wait until that date.
/// So another process takes over the setups of a process that died.</item>
/// <item>One transaction gives the conversation its state, shows its participants, fires the events and deletes the
/// setup. The update of the conversation's row comes first, on the condition that it is initializing: if two workers
/// try, the second one finds nothing to do.</item>
/// <item>If a participant was deleted with its user, or after too many attempts, one transaction closes the
/// conversation and removes its participants. That releases everything that they held.</item>
/// </list>
/// </summary>
public sealed class ConversationSetups(
    ConversationsDbContext db,
    PostActionWebhooks webhooks,
    WorkSignal<WebhookSender> signal,
    AccountClock clock
)
{
    /// <summary>After this many attempts the conversation is closed.</summary>
    public const int MaxAttempts = 10;

    // Few, so that other processes get a share of the work.
    private const int MaxClaims = 16;

    // An attempt takes milliseconds. If it takes longer than the claim, a second worker does no harm (step 2).
    private const double ClaimSeconds = 10;

    /// <summary>Claims due setups (step 1).</summary>
    public async Task<IReadOnlyList<ConversationSetup>> ClaimAsync(CancellationToken cancellationToken)
    {
        var live = db.Set<Conversation>().Live(db);

        // When the database's clock was set back, a date may be further ahead than a claim can be. It is due, too.
        var due = await db.Set<ConversationSetup>()
            .Where(s => live.Any(c => c.Sid == s.ConversationSid))
            .Where(s => s.NextAttempt <= DateTime.UtcNow || s.NextAttempt > DateTime.UtcNow.AddSeconds(ClaimSeconds))
            .OrderBy(s => s.NextAttempt)
            .ThenBy(s => s.ConversationSid)
            .Take(MaxClaims)
            .ToListAsync(cancellationToken);
        List<ConversationSetup> claimed = [];
        foreach (var setup in due)
        {
            var seen = setup.NextAttempt;
            var updated = await db.InTransactionAsync(
                () =>
                    Own(setup)
                        .Where(s => s.NextAttempt == seen)
                        .ExecuteUpdateAsync(
                            s =>
                                s.SetProperty(r => r.NextAttempt, _ => DateTime.UtcNow.AddSeconds(ClaimSeconds))
                                    .SetProperty(r => r.Attempts, r => r.Attempts + 1),
                            cancellationToken
                        ),
                cancellationToken
            );
            if (updated > 0)
            {
                setup.Attempts++;
                claimed.Add(setup);
            }
        }

        return claimed;
    }

    /// <summary>Makes the conversation ready (step 2).</summary>
    /// <returns>False when a participant has disappeared. Then nothing is changed.</returns>
    public async Task<bool> TryFinishAsync(ConversationSetup setup, CancellationToken cancellationToken)
    {
        try
        {
            await db.InTransactionAsync(() => FinishAsync(setup, cancellationToken), cancellationToken);
        }
        catch (ParticipantsMissingException)
        {
            return false;
        }

        signal.Signal();
        return true;
    }

    /// <summary>Closes the conversation (step 3).</summary>
    public async Task CloseAsync(ConversationSetup setup, CancellationToken cancellationToken)
    {
        await db.InTransactionAsync(
            async () =>
            {
                var now = clock.Now;
                var updated = await Initializing(setup)
                    .ExecuteUpdateAsync(
                        c =>
                            c.SetProperty(r => r.State, ConversationState.Closed)
                                .SetProperty(r => r.ParticipantCount, 0)
                                .SetProperty(r => r.NonChatCount, 0)
                                .SetProperty(r => r.GroupCount, 0)
                                .SetProperty(r => r.GroupSet, (string?)null)
                                .SetProperty(r => r.GroupKey, (string?)null)
                                .SetProperty(r => r.DateUpdated, now),
                        cancellationToken
                    );
                if (updated > 0)
                {
                    await RemoveParticipantsAsync(setup, cancellationToken);
                    await EndAsync(setup, [], cancellationToken);
                }

                return updated;
            },
            cancellationToken
        );
        signal.Signal();
    }

    private IQueryable<ConversationSetup> Own(ConversationSetup setup) =>
        db.Set<ConversationSetup>().Where(s => s.ConversationSid == setup.ConversationSid);

    private IQueryable<Conversation> Initializing(ConversationSetup setup) =>
        db.Set<Conversation>()
            .Live(db)
            .Where(c => c.Sid == setup.ConversationSid && c.State == ConversationState.Initializing);

    private IQueryable<Participant> Members(ConversationSetup setup) =>
        db.Set<Participant>().Where(p => p.ConversationSid == setup.ConversationSid);

    private async Task<int> FinishAsync(ConversationSetup setup, CancellationToken cancellationToken)
    {
        // No request can change the timers of a conversation that is initializing.
        if (await Initializing(setup).SingleOrDefaultAsync(cancellationToken) is not { } conversation)
        {
            return 0; // Another worker was faster, or the chat service is deleted.
        }

        conversation.SetTimers(conversation.InactiveTimer, conversation.ClosedTimer, clock.Now);
        var (inactive, closed) = (conversation.DateInactive, conversation.DateClosed);
        var updated = await Initializing(setup)
            .ExecuteUpdateAsync(
                c =>
                    c.SetProperty(r => r.State, setup.State)
                        .SetProperty(r => r.DateInactive, inactive)
                        .SetProperty(r => r.DateClosed, closed),
                cancellationToken
            );
        if (updated > 0)
        {
            var shown = await Members(setup)
                .ExecuteUpdateAsync(p => p.SetProperty(r => r.Pending, false), cancellationToken);
            ParticipantsMissingException.ThrowIf(shown != setup.ParticipantCount);
            IReadOnlyList<Participant> added = setup.FiresWebhooks
                ? await Members(setup).OrderBy(p => p.Sid).ToListAsync(cancellationToken)
                : [];
            await DeletedRoles.ShowAsync(db, added, cancellationToken);
            await EndAsync(setup, added, cancellationToken);
        }

        return updated;
    }

    private async Task RemoveParticipantsAsync(ConversationSetup setup, CancellationToken cancellationToken)
    {
        await db.Set<User>()
            .Where(u => Members(setup).Select(p => p.UserSid).Contains(u.Sid))
            .ExecuteUpdateAsync(
                u => u.SetProperty(r => r.ConversationCount, r => r.ConversationCount - 1),
                cancellationToken
            );
        await Members(setup).ExecuteDeleteAsync(cancellationToken);
    }

    private async Task EndAsync(
        ConversationSetup setup,
        IReadOnlyList<Participant> added,
        CancellationToken cancellationToken
    )
    {
        await Own(setup).ExecuteDeleteAsync(cancellationToken);
        if (setup.FiresWebhooks)
        {
            var now = clock.Now;
            var conversation = await db.Set<Conversation>()
                .SingleAsync(c => c.Sid == setup.ConversationSid, cancellationToken);
            var changed = ConversationEvents.Initialized(conversation, now);
            await webhooks.AddAsync([.. added.Select(ParticipantEvents.Added), changed], cancellationToken);
        }
    }

    private sealed class ParticipantsMissingException() : Exception("A participant was deleted before it was added.")
    {
        public static void ThrowIf(bool condition)
        {
            if (condition)
            {
                throw new ParticipantsMissingException();
            }
        }
    }
}
