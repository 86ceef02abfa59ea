using Conversations.Api.Data;
using Conversations.Api.Http;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.Conversations;

/// <summary>The rules of conversations that need the database.</summary>
public sealed class ConversationService(ConversationsDbContext db, RequestScope scope, WebhookService webhooks, ConversationRules rules, TimeProvider clock)
{
    public async Task<Conversation> CreateAsync(ConversationForm form, CancellationToken cancellationToken)
    {
        Conversation conversation = null!;
        var wanted = await webhooks.BeforeAsync(async () => ConversationEvents.Add(await CheckCreateAsync(form, cancellationToken)), cancellationToken);
        await db.WriteAsync(
            check: async () =>
            {
                conversation = await CheckCreateAsync(Modified(form, wanted), cancellationToken);
                await webhooks.AfterAsync(ConversationEvents.Added(conversation), cancellationToken);
            },
            write: null,
            cancellationToken);
        return conversation;
    }

    public async Task<Conversation> FetchAsync(string sidOrUniqueName, CancellationToken cancellationToken)
        => await scope.ConversationNamed(sidOrUniqueName).SingleOrDefaultAsync(cancellationToken) ?? throw scope.NotFound();

    public async Task<Page<Conversation>> ListAsync(ConversationQuery query, CancellationToken cancellationToken)
    {
        var page = query.IsByDate
            ? await new ConversationsByDate(db, All, query).ToPageAsync(cancellationToken)
            : await All(db.Conversations).ToPageAsync(query, "CH", cancellationToken);
        return page.Items is [] && !await scope.ChatService.AnyAsync(cancellationToken) ? throw scope.NotFound() : page;

        IQueryable<Conversation> All(IQueryable<Conversation> rows) => Matching(query, scope.Own(rows));
    }

    public async Task<Conversation> UpdateAsync(string sidOrUniqueName, ConversationForm form, CancellationToken cancellationToken)
    {
        Conversation conversation = null!;
        var wanted = await webhooks.BeforeAsync(async () => ConversationEvents.Update(await CheckUpdateAsync(sidOrUniqueName, form, cancellationToken)), cancellationToken);
        await db.WriteAsync(
            check: async () => conversation = await CheckUpdateAsync(sidOrUniqueName, Modified(form, wanted), cancellationToken),
            write: form.State == ConversationState.Closed || webhooks.Enabled ? () => ChangeAsync(conversation, cancellationToken) : null,
            cancellationToken);
        return conversation;
    }

    /// <summary>Deletes the conversation with its participants, and frees what they held. A closed one can be deleted, too.</summary>
    public async Task DeleteAsync(string sidOrUniqueName, CancellationToken cancellationToken)
    {
        Conversation conversation = null!;
        await webhooks.BeforeAsync(async () => ConversationEvents.Remove(await FetchAsync(sidOrUniqueName, cancellationToken)), cancellationToken);
        await db.WriteAsync(
            check: async () => conversation = await scope.ConversationNamed(sidOrUniqueName).AsTracking().SingleOrDefaultAsync(cancellationToken) ?? throw scope.NotFound(),
            write: async () =>
            {
                var removed = ConversationEvents.Removed(conversation, clock.GetUtcNow().UtcDateTime);
                if (!conversation.IsClosed)
                {
                    conversation.State = ConversationState.Closed;
                    await CloseAsync(conversation, cancellationToken);
                }

                await webhooks.AfterAsync(removed, cancellationToken);
                return await db.Conversations.Where(c => c.Sid == conversation.Sid).ExecuteDeleteAsync(cancellationToken) > 0;
            },
            cancellationToken);
    }

    private static IQueryable<Conversation> Matching(ConversationQuery query, IQueryable<Conversation> rows)
    {
        if (query.From is { } from)
        {
            rows = rows.Where(c => c.DateCreated >= from);
        }

        if (query.Until is { } until)
        {
            rows = rows.Where(c => c.DateCreated < until);
        }

        return query.State.Given() is { } state ? rows.Where(c => c.State == state) : rows;
    }

    private async Task<Conversation> CheckCreateAsync(ConversationForm form, CancellationToken cancellationToken)
    {
        var uniqueName = form.UniqueName.Given();
        var found = await scope.ChatService
            .Join(db.Accounts, s => s.AccountSid, a => a.Sid, (s, a) => new
            {
                Account = a,
                s.Sid,
                IsNameTaken = uniqueName != null && db.Conversations.Any(c => c.ChatServiceSid == s.Sid && c.UniqueName == uniqueName),
            })
            .SingleOrDefaultAsync(cancellationToken) ?? throw scope.NotFound();
        rules.Check(form);
        TwilioException.Unless(form.State != ConversationState.Closed, TwilioErrors.InitialStateClosed);
        TwilioException.Unless(!found.IsNameTaken, TwilioErrors.UniqueNameExists);

        var now = clock.GetUtcNow();
        var dateCreated = Forms.Date(form.DateCreated) ?? now.UtcDateTime;
        var conversation = new Conversation
        {
            Sid = Sid.New("CH", now),
            AccountSid = found.Account.Sid,
            ChatServiceSid = found.Sid,
            FriendlyName = form.FriendlyName.Given(),
            UniqueName = uniqueName,
            MessagingServiceSid = form.MessagingServiceSid.Given() ?? found.Account.DefaultMessagingServiceSid,
            Attributes = form.Attributes.Given() ?? "{}",
            State = form.State ?? ConversationState.Active,
            EmailAddress = form.Bindings.Email.Address.Given(),
            EmailName = form.Bindings.Email.Name.Given(),
            DateCreated = dateCreated,
            DateUpdated = Forms.Date(form.DateUpdated) ?? dateCreated,
        };
        conversation.SetTimers(form.Timers.Inactive.Given() ?? found.Account.DefaultInactiveTimer, form.Timers.Closed.Given() ?? found.Account.DefaultClosedTimer, now.UtcDateTime);
        db.Add(conversation);
        return conversation;
    }

    private async Task<Conversation> CheckUpdateAsync(string sidOrUniqueName, ConversationForm form, CancellationToken cancellationToken)
    {
        var uniqueName = form.UniqueName.Given();
        var found = await scope.ConversationNamed(sidOrUniqueName)
            .Select(c => new
            {
                Conversation = c,
                IsNameTaken = uniqueName != null && db.Conversations.Any(other => other.ChatServiceSid == c.ChatServiceSid && other.UniqueName == uniqueName && other.Sid != c.Sid),
            })
            .AsTracking()
            .SingleOrDefaultAsync(cancellationToken) ?? throw scope.NotFound();
        var conversation = found.Conversation;
        TwilioException.Unless(!conversation.IsClosed, TwilioErrors.ConversationClosed);
        rules.Check(form);
        TwilioException.Unless(!found.IsNameTaken, TwilioErrors.UniqueNameExists);

        var now = clock.GetUtcNow().UtcDateTime;
        conversation.UniqueName = form.UniqueName is null ? conversation.UniqueName : uniqueName;
        conversation.FriendlyName = form.FriendlyName is null ? conversation.FriendlyName : form.FriendlyName.Given();
        conversation.Attributes = form.Attributes is null ? conversation.Attributes : form.Attributes.Given() ?? "{}";
        conversation.MessagingServiceSid = form.MessagingServiceSid.Given() ?? conversation.MessagingServiceSid;
        conversation.State = form.State ?? conversation.State;
        conversation.EmailAddress = form.Bindings.Email.Address.Given() ?? conversation.EmailAddress;
        conversation.EmailName = form.Bindings.Email.Name.Given() ?? conversation.EmailName;
        conversation.DateCreated = Forms.Date(form.DateCreated) ?? conversation.DateCreated;
        conversation.DateUpdated = Forms.Date(form.DateUpdated) ?? now;
        conversation.SetTimers(form.Timers.Inactive.Given(), form.Timers.Closed.Given(), now);
        return conversation;
    }

    private static ConversationForm Modified(ConversationForm form, WebhookChanges? wanted)
        => wanted?.FriendlyName is { } name ? form with { FriendlyName = name } : form;

    private async Task<bool> ChangeAsync(Conversation conversation, CancellationToken cancellationToken)
    {
        var before = db.Entry(conversation).Property(c => c.State).OriginalValue;
        if (conversation.IsClosed)
        {
            await CloseAsync(conversation, cancellationToken);
        }
        else
        {
            await db.SaveChangesAsync(cancellationToken);
        }

        await webhooks.AfterAsync(ConversationEvents.Updated(conversation), cancellationToken);
        if (conversation.State != before)
        {
            await webhooks.AfterAsync(ConversationEvents.StateUpdated(conversation, before, clock.GetUtcNow().UtcDateTime), cancellationToken);
        }

        return true;
    }

    // The row first: from then on the gate is shut to whoever waits there.
    private async Task CloseAsync(Conversation conversation, CancellationToken cancellationToken)
    {
        conversation.DateInactive = conversation.DateClosed = null;
        await db.SaveChangesAsync(cancellationToken);
        await db.ReleaseAsync(conversation.Sid, cancellationToken);
    }
}
