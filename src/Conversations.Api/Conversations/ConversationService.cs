using Conversations.Api.Accounts;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Conversations.Api.Conversations;

/// <summary>The rules of conversations that need the database.</summary>
public sealed class ConversationService(
    ConversationsDbContext db,
    ListQuery<Conversation> list,
    RequestScope scope,
    Changes changes,
    ConversationTimers timers,
    ConversationRules rules,
    AccountClock clock
)
{
    /// <summary>What <see cref="CreateAsync"/> answers besides the errors of the form.</summary>
    public static IReadOnlyList<TwilioError> CreateErrors { get; } =
    [TwilioErrors.InitialStateClosed, TwilioErrors.UniqueNameExists];

    /// <summary>What <see cref="UpdateAsync"/> answers besides the errors of the form.</summary>
    public static IReadOnlyList<TwilioError> UpdateErrors { get; } =
    [.. ConversationState.Errors, TwilioErrors.UniqueNameExists];

    public async Task<Conversation> CreateAsync(ConversationForm form, CancellationToken cancellationToken) =>
        (
            await changes.SaveAsync(
                check: wanted => CheckCreateAsync(Modified(form, wanted), rules, cancellationToken),
                write: found =>
                    db.InsertAsync(
                        found.Conversation,
                        values => found.Defaults.Condition(db, values),
                        cancellationToken
                    ),
                before: found => ConversationEvents.Add(found.Conversation),
                after: found => [ConversationEvents.Added(found.Conversation)],
                cancellationToken: cancellationToken
            )
        ).Conversation;

    public async Task<Conversation> FetchAsync(string sidOrUniqueName, CancellationToken cancellationToken)
    {
        Conversation found;
        do
        {
            found =
                await scope.ConversationNamed(sidOrUniqueName).SingleOrDefaultAsync(cancellationToken)
                ?? throw scope.NotFound();
        } while (await timers.SettleAsync([found], cancellationToken));

        return found;
    }

    public async Task<Page<Conversation>> ListAsync(ConversationQuery query, CancellationToken cancellationToken)
    {
        if (query.State is ConversationState.Inactive or ConversationState.Closed)
        {
            // Conversations whose timers have expired belong to the list, but have another state until it is settled.
            await timers.SettleAsync(scope.All<Conversation>(), cancellationToken);
        }

        Page<Conversation> page;
        do
        {
            page = await PageAsync(query, cancellationToken);
        } while (await timers.SettleAsync(page.Items, cancellationToken));

        return page;
    }

    public async Task<Conversation> UpdateAsync(
        string sidOrUniqueName,
        ConversationForm form,
        CancellationToken cancellationToken
    )
    {
        var updated =
            form.State == ConversationState.Closed
                ? await changes.RunAsync(
                    check: wanted => CheckUpdateAsync(sidOrUniqueName, Modified(form, wanted), cancellationToken),
                    before: Update,
                    write: update => db.CloseAsync(update.Conversation, cancellationToken),
                    after: Updated,
                    cancellationToken: cancellationToken
                )
                : await changes.SaveAsync(
                    check: wanted => CheckUpdateAsync(sidOrUniqueName, Modified(form, wanted), cancellationToken),
                    before: Update,
                    after: Updated,
                    cancellationToken: cancellationToken
                );
        return updated.Conversation;

        static WebhookEvent Update(Change update) => ConversationEvents.Update(update.Conversation);

        IEnumerable<WebhookEvent> Updated(Change update) =>
            ConversationEvents.Updated(update.Conversation, update.StateBefore, clock.Now);
    }

    private async Task<Page<Conversation>> PageAsync(ConversationQuery query, CancellationToken cancellationToken)
    {
        if (!query.IsByDate)
        {
            return await scope.PageAsync(list, query, query.State.NullIfEmpty(), cancellationToken);
        }

        var page = await new ConversationsByDate(db, rows => query.Matching(scope.Own(rows)), query).ToPageAsync(
            cancellationToken
        );
        return page.Items is [] && !await scope.ChatService.AnyAsync(cancellationToken) ? throw scope.NotFound() : page;
    }

    /// <summary>Checks a new conversation.</summary>
    /// <returns>The conversation as it is to be stored, and the defaults that it takes.</returns>
    public async Task<(Conversation Conversation, Defaults Defaults)> CheckCreateAsync<T>(
        T form,
        ConversationRules<T> rules,
        CancellationToken cancellationToken
    )
        where T : ConversationForm
    {
        var uniqueName = form.UniqueName.NullIfEmpty();
        var found =
            await scope
                .ChatService.Join(
                    db.Set<Account>(),
                    s => s.AccountSid,
                    a => a.Sid,
                    (s, a) =>
                        new
                        {
                            Account = a,
                            s.Sid,
                            IsNameTaken = uniqueName != null
                                && db.Set<Conversation>()
                                    .Any(c => c.ChatServiceSid == s.Sid && c.UniqueName == uniqueName),
                        }
                )
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw scope.NotFound();
        rules.Check(form);
        TwilioException.ThrowIf(form.State == ConversationState.Closed, TwilioErrors.InitialStateClosed);
        TwilioException.ThrowIf(found.IsNameTaken, TwilioErrors.UniqueNameExists);

        return (
            Conversation.New(form, found.Account, found.Sid, clock),
            new(found.Sid) { IsDefaultService = scope.ChatServiceSidInPath is null, Account = found.Account }
        );
    }

    private async Task<Change> CheckUpdateAsync(
        string sidOrUniqueName,
        ConversationForm form,
        CancellationToken cancellationToken
    )
    {
        var uniqueName = form.UniqueName.NullIfEmpty();
        var found =
            await scope
                .ConversationNamed(sidOrUniqueName)
                .Select(c => new
                {
                    Conversation = c,
                    IsNameTaken = uniqueName != null
                        && db.Set<Conversation>()
                            .Any(other =>
                                other.ChatServiceSid == c.ChatServiceSid
                                && other.UniqueName == uniqueName
                                && other.Sid != c.Sid
                            ),
                })
                .AsTracking()
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw scope.NotFound();
        if (await timers.SettleAsync([found.Conversation], cancellationToken))
        {
            return await CheckUpdateAsync(sidOrUniqueName, form, cancellationToken);
        }

        var conversation = found.Conversation;
        ConversationState.RequireOpen(conversation.State);
        rules.Check(form);
        TwilioException.ThrowIf(found.IsNameTaken, TwilioErrors.UniqueNameExists);

        var stateBefore = conversation.State;
        Apply(form, db.Entry(conversation));
        return new(conversation, stateBefore);
    }

    private void Apply(ConversationForm form, EntityEntry<Conversation> row)
    {
        var now = clock.Now;
        var email = form.Bindings.Email;
        row.Write(c => c.UniqueName, form.UniqueName, form.UniqueName.NullIfEmpty());
        row.Write(c => c.FriendlyName, form.FriendlyName, form.FriendlyName.NullIfEmpty());
        row.Write(c => c.Attributes, form.Attributes, form.Attributes.NullIfEmpty() ?? "{}");
        row.Write(c => c.MessagingServiceSid, form.MessagingServiceSid.NullIfEmpty(), form.MessagingServiceSid!);
        row.Write(c => c.EmailAddress, email.Address.NullIfEmpty(), email.Address);
        row.Write(c => c.EmailName, email.Name.NullIfEmpty(), email.Name);
        row.Write(c => c.DateCreated, Forms.Date(form.DateCreated), Forms.Date(form.DateCreated) ?? now);
        row.Write(c => c.DateUpdated, now, Forms.Date(form.DateUpdated) ?? now);
        SetTimers(form, row, now);
        row.Write(c => c.State, form.State, form.State!);
    }

    // A given timer starts now. When the conversation becomes active, both do.
    private static void SetTimers(ConversationForm form, EntityEntry<Conversation> row, DateTime now)
    {
        var conversation = row.Entity;
        var wakes = form.State == ConversationState.Active && conversation.State != ConversationState.Active;
        var inactive = form.Timers.Inactive.NullIfEmpty();
        row.Write(c => c.InactiveTimer, inactive, TimerRules.Stored(inactive));
        row.Write(c => c.DateInactive, wakes ? form : inactive, TimerRules.DateAfter(conversation.InactiveTimer, now));
        var closed = form.Timers.Closed.NullIfEmpty();
        row.Write(c => c.ClosedTimer, closed, TimerRules.Stored(closed));
        row.Write(c => c.DateClosed, wakes ? form : closed, TimerRules.DateAfter(conversation.ClosedTimer, now));
    }

    /// <summary>The form with what the pre-action webhook wants.</summary>
    public static TForm Modified<TForm>(TForm form, WebhookChanges? wanted)
        where TForm : ConversationForm => wanted?.FriendlyName is { } name ? form with { FriendlyName = name } : form;

    /// <summary>A conversation as it is to be stored, and its previous state.</summary>
    private sealed record Change(Conversation Conversation, string StateBefore);
}
