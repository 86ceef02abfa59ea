using System.Globalization;
using System.Text.Json;
using Conversations.Api.Accounts;
using Conversations.Api.Configuration;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Webhooks;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Conversations.Api.ConversationWebhooks;

/// <summary>The rules of a conversation's webhooks that need the database.</summary>
public sealed class ConversationWebhookService(
    ConversationsDbContext db,
    ListQuery<ConversationWebhook> list,
    RequestScope scope,
    Changes changes,
    ConversationTimers timers,
    WebhookReplay replay,
    CreateConversationWebhookRules createRules,
    UpdateConversationWebhookRules updateRules,
    AccountClock clock
)
{
    /// <summary>The errors of <see cref="CreateAsync"/> besides those of the form.</summary>
    public static IReadOnlyList<TwilioError> CreateErrors { get; } =
    [
        .. ConversationState.Errors,
        TwilioErrors.ConversationWebhookUrlNotProvided,
        TwilioErrors.ConversationWebhookFilterNotProvided,
        TwilioErrors.ConversationWebhookTriggerNotProvided,
        TwilioErrors.WebhookLimit,
    ];

    /// <summary>The errors of <see cref="UpdateAsync"/> besides those of the form.</summary>
    public static IReadOnlyList<TwilioError> UpdateErrors { get; } =
    [
        .. ConversationState.Errors,
        TwilioErrors.ConversationWebhookFilterNotProvided,
        TwilioErrors.ConversationWebhookTriggerNotProvided,
    ];

    /// <summary>The errors of <see cref="DeleteAsync"/>.</summary>
    public static IReadOnlyList<TwilioError> DeleteErrors { get; } = [.. ConversationState.Errors];

    /// <param name="conversation">The conversation's SID or UniqueName.</param>
    public Task<ConversationWebhook> CreateAsync(
        string conversation,
        CreateConversationWebhookForm form,
        CancellationToken cancellationToken
    ) =>
        changes.RunAsync(
            check: () => CheckCreateAsync(conversation, form, cancellationToken),
            write: async webhook =>
            {
                // Under the lock of the conversation's row the count can't change.
                await LockAsync(conversation, webhook, cancellationToken);
                await RequireCapacityAsync(webhook.ConversationSid, cancellationToken);
                db.Add(webhook);
                await db.SaveChangesAsync(cancellationToken);
                await replay.AddAsync(webhook, cancellationToken);
            },
            cancellationToken: cancellationToken
        );

    public async Task<ConversationWebhook> FetchAsync(
        string conversation,
        string sid,
        CancellationToken cancellationToken
    ) => await Of(conversation).SingleOrDefaultAsync(w => w.Sid == sid, cancellationToken) ?? throw scope.NotFound();

    public Task<Page<ConversationWebhook>> ListAsync(
        string conversation,
        PageRequest request,
        CancellationToken cancellationToken
    ) => scope.PageAsync(list, conversation, request, cancellationToken);

    public Task<ConversationWebhook> UpdateAsync(
        string conversation,
        string sid,
        UpdateConversationWebhookForm form,
        CancellationToken cancellationToken
    ) =>
        changes.RunAsync(
            check: async () =>
            {
                await FindOpenAsync(conversation, cancellationToken);
                var webhook =
                    await Of(conversation).AsTracking().SingleOrDefaultAsync(w => w.Sid == sid, cancellationToken)
                    ?? throw scope.NotFound();
                updateRules.Check(form);
                var (row, now) = (db.Entry(webhook), clock.Now);
                Apply(form.Configuration, row);
                row.Write(w => w.DateUpdated, now, now);
                return webhook;
            },
            write: webhook => LockAsync(conversation, webhook, cancellationToken),
            cancellationToken: cancellationToken
        );

    public Task DeleteAsync(string conversation, string sid, CancellationToken cancellationToken) =>
        changes.RunAsync(
            check: async () =>
            {
                await FindOpenAsync(conversation, cancellationToken);
                return await FetchAsync(conversation, sid, cancellationToken);
            },
            write: async webhook =>
            {
                await LockAsync(conversation, webhook, cancellationToken);
                WriteConflictException.ThrowIf(
                    await db.Set<ConversationWebhook>()
                        .Where(w => w.Sid == webhook.Sid)
                        .ExecuteDeleteAsync(cancellationToken) == 0
                );
            },
            cancellationToken: cancellationToken
        );

    // The conversation's events wait for it, so that each goes where the webhooks lead that were answered before it.
    private Task LockAsync(string conversation, ConversationWebhook webhook, CancellationToken cancellationToken) =>
        db.LockAsync(webhook.ConversationSid, scope.Path(conversation).UniqueName, cancellationToken);

    private IQueryable<ConversationWebhook> Of(string conversation)
    {
        var named = scope.ConversationNamed(conversation);
        return scope
            .All<ConversationWebhook>()
            .Where(w => w.ConversationSid == named.Select(c => c.Sid).FirstOrDefault());
    }

    private async Task<ConversationWebhook> CheckCreateAsync(
        string conversation,
        CreateConversationWebhookForm form,
        CancellationToken cancellationToken
    )
    {
        var parent = await FindOpenAsync(conversation, cancellationToken);
        createRules.Check(form);
        var now = clock.Now;
        var webhook = new ConversationWebhook
        {
            Sid = clock.NewSid<ConversationWebhook>(),
            AccountSid = parent.AccountSid,
            ChatServiceSid = parent.ChatServiceSid,
            ConversationSid = parent.Sid,
            Target = form.Target!,
            ReplayAfter = form.Configuration.ReplayAfter.NullIfEmpty() is { } index
                ? int.Parse(index, CultureInfo.InvariantCulture)
                : null,
            DateCreated = now,
            DateUpdated = now,
        };
        Apply(form.Configuration, db.Entry(webhook));
        await RequireCapacityAsync(parent.Sid, cancellationToken);
        return webhook;
    }

    private async Task<Conversation> FindOpenAsync(string conversation, CancellationToken cancellationToken)
    {
        var found =
            await scope.ConversationNamed(conversation).SingleOrDefaultAsync(cancellationToken)
            ?? throw scope.NotFound();
        if (await timers.SettleAsync([found], cancellationToken))
        {
            return await FindOpenAsync(conversation, cancellationToken);
        }

        ConversationState.RequireOpen(found.State);
        return found;
    }

    private async Task RequireCapacityAsync(string conversationSid, CancellationToken cancellationToken) =>
        TwilioException.ThrowIf(
            await db.Set<ConversationWebhook>().CountAsync(w => w.ConversationSid == conversationSid, cancellationToken)
                >= ConversationWebhook.MaxPerConversation,
            TwilioErrors.WebhookLimit
        );

    // Each target stores its own part of the configuration and requires it.
    private static void Apply(WebhookConfigurationForm form, EntityEntry<ConversationWebhook> row)
    {
        var webhook = row.Entity;
        if (webhook.Target == WebhookTarget.Studio)
        {
            row.Write(w => w.FlowSid, form.FlowSid.NullIfEmpty(), form.FlowSid);
            TwilioException.ThrowIf(webhook.FlowSid is null, TwilioErrors.InvalidConversationWebhookFlowSid);
            return;
        }

        row.Write(w => w.ConfigurationUrl, form.Url.NullIfEmpty(), form.Url);
        TwilioException.ThrowIf(webhook.ConfigurationUrl is null, TwilioErrors.ConversationWebhookUrlNotProvided);
        row.Write(w => w.Method, form.Method.NullIfEmpty(), form.Method?.ToLowerInvariant());
        webhook.Method ??= "post";
        if (webhook.Target == WebhookTarget.Trigger)
        {
            row.Write(w => w.Triggers, form.Triggers, JsonSerializer.Serialize(form.Triggers?.NotEmpty()));
            TwilioException.ThrowIf(
                webhook.Triggers is null or "[]",
                TwilioErrors.ConversationWebhookTriggerNotProvided
            );
        }
        else
        {
            row.Write(w => w.Filters, form.Filters, form.Filters?.NotEmpty() ?? []);
            TwilioException.ThrowIf(webhook.Filters.Count == 0, TwilioErrors.ConversationWebhookFilterNotProvided);
        }
    }
}
