using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Messages;
using Conversations.Api.Participants;
using Conversations.Api.Receipts;
using Conversations.Api.Roles;
using Conversations.Api.Users;
using Conversations.Api.Webhooks;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Conversations.Api.Control;

/// <summary>
/// What a document may leave out because it follows from the rest: a test writes only what it is about. An export has
/// every column, so nothing here changes it.
/// </summary>
internal sealed class ImportDefaults(AccountOptions account, AccountClock clock, IModel model, List<ImportedRow> rows)
{
    // Twilio's code of a delivery that failed for an unknown reason.
    private const int UnknownError = 30008;

    private static readonly string[] RolesOfService =
    [
        nameof(ChatService.DefaultChatServiceRoleSid),
        nameof(ChatService.DefaultConversationRoleSid),
        nameof(ChatService.DefaultConversationCreatorRoleSid),
    ];

    private Account stored = null!;

    private ILookup<string, ChatService> services = null!;

    private ILookup<string, Conversation> conversations = null!;

    private readonly Dictionary<(string ChatServiceSid, string Identity), User> users = [];

    public void Apply()
    {
        foreach (var row in rows)
        {
            SetCommon(row);
        }

        SetServices();
        foreach (var row in Of<Conversation>())
        {
            SetConversation(row, (Conversation)row.Entity);
        }

        conversations = All<Conversation>().ToLookup(c => c.Sid);
        SetParents();
        Users().ToList().ForEach(pair => SetUser(pair.Row, pair.User));
        foreach (var user in All<User>().Where(user => user.Identity is not null))
        {
            users.TryAdd((user.ChatServiceSid, user.Identity), user);
        }

        foreach (var row in Of<Participant>())
        {
            SetParticipant(row, (Participant)row.Entity);
        }

        ImportCounts counts = new(rows);
        Of<Conversation>().ForEach(counts.SetConversation);
        Of<User>().ForEach(counts.SetUser);
        Of<Message>().ForEach(counts.SetMessage);
    }

    // The rows of a type that lack a column.
    private List<ImportedRow> Of<T>() => [.. rows.Where(row => row.Entity is T && !row.IsComplete)];

    private IEnumerable<T> All<T>() => rows.Select(row => row.Entity).OfType<T>();

    private IEnumerable<(ImportedRow Row, User User)> Users() => Of<User>().Select(row => (row, (User)row.Entity));

    private void SetCommon(ImportedRow row)
    {
        row.Default(nameof(Resource.AccountSid), account.Sid);
        row.Default(nameof(Resource.DateCreated), clock.Now);
        if (row.Entity is Resource resource)
        {
            row.Default(nameof(Resource.DateUpdated), resource.DateCreated);
        }

        if (row.SidPrefix is { } prefix && !row.Has(nameof(Resource.Sid)))
        {
            row.Replace(nameof(Resource.Sid), clock.NewSid(prefix));
        }

        if (row.Entity is WebhookSettings)
        {
            row.Default(nameof(WebhookSettings.OwnerSid), account.Sid);
        }
    }

    private void SetServices()
    {
        if (!All<ChatService>().Any())
        {
            var made = ChatService.New(
                account.Sid,
                account.DefaultChatServiceSid,
                "Default Conversations Service",
                clock
            );
            rows.Add(ImportedRow.Of(model, made.ChatService));
            rows.AddRange(made.Roles.Select(role => ImportedRow.Of(model, role)));
        }

        foreach (var row in Of<ChatService>().Where(row => !RolesOfService.All(row.Has)))
        {
            var made = ChatService.New(account.Sid, ((ChatService)row.Entity).Sid, "Conversations Service", clock);
            row.DefaultsFrom(made.ChatService);
            rows.AddRange(made.Roles.Select(role => ImportedRow.Of(model, role)));
        }

        services = All<ChatService>().ToLookup(service => service.Sid);
        SetAccount();
    }

    private void SetAccount()
    {
        if (!All<Account>().Any())
        {
            rows.Add(new ImportedRow(model.FindEntityType(typeof(Account))!, default));
        }

        var first = services.Contains(account.DefaultChatServiceSid)
            ? account.DefaultChatServiceSid
            : All<ChatService>().First().Sid;
        foreach (var row in Of<Account>())
        {
            // Every export lacks these two columns.
            row.Replace(nameof(Account.Sid), account.Sid);
            row.Default(nameof(Account.DefaultChatServiceSid), first);
            row.Default(nameof(Account.DefaultMessagingServiceSid), account.DefaultMessagingServiceSid);
        }

        stored = All<Account>().First();
        foreach (var row in Of<ServiceResource>())
        {
            row.Default(nameof(ServiceResource.ChatServiceSid), stored.DefaultChatServiceSid);
        }

        foreach (var row in Of<Role>())
        {
            row.Default(nameof(Role.FriendlyName), "role");
            row.Default(nameof(Role.Type), RoleType.Conversation);
            row.Default(nameof(Role.Permissions), Array.Empty<string>());
        }
    }

    private void SetConversation(ImportedRow row, Conversation conversation)
    {
        row.Default(nameof(Conversation.MessagingServiceSid), stored.DefaultMessagingServiceSid);
        row.Default(nameof(Conversation.State), ConversationState.Active);
        if (!conversation.IsClosed)
        {
            var started = conversation.DateUpdated < clock.Now ? conversation.DateUpdated : clock.Now;
            row.Default(nameof(Conversation.DateInactive), TimerRules.DateAfter(conversation.InactiveTimer, started));
            row.Default(nameof(Conversation.DateClosed), TimerRules.DateAfter(conversation.ClosedTimer, started));
        }
    }

    // A child names its conversation by the SID or the unique name. A receipt needs only its message.
    private void SetParents()
    {
        var byName = All<Conversation>().Where(c => c.UniqueName is not null).ToLookup(c => c.UniqueName!);
        var messages = All<Message>().ToLookup(m => m.Sid);
        Dictionary<string, long> next = [];
        foreach (var row in Of<ConversationChild>())
        {
            if (row.Entity is Receipt receipt)
            {
                SetReceipt(row, receipt, messages[receipt.MessageSid ?? ""].FirstOrDefault());
            }

            if (((ConversationChild)row.Entity).ConversationSid is { } named)
            {
                var parent =
                    conversations[named].FirstOrDefault()
                    ?? byName[named].FirstOrDefault()
                    ?? throw row.Place.Wrong($"no conversation has the SID or unique name \"{named}\"");
                row.Replace(nameof(ConversationChild.ConversationSid), parent.Sid);
                row.Replace(nameof(ServiceResource.ChatServiceSid), parent.ChatServiceSid);
                SetChild(row, parent, next);
            }
        }
    }

    private void SetReceipt(ImportedRow row, Receipt receipt, Message? message)
    {
        var outcome = receipt.Status is null or ReceiptStatus.Sent ? ReceiptStatus.Delivered : receipt.Status;
        row.Default(nameof(Receipt.ConversationSid), message?.ConversationSid);
        row.Default(nameof(Receipt.ChannelMessageSid), clock.NewSid("SM"));
        row.Default(nameof(Receipt.Outcome), outcome);
        row.Default(nameof(Receipt.Status), receipt.Outcome);
        row.Default(nameof(Receipt.NextStep), receipt.IsFinal ? null : clock.Now);
        if (receipt.Outcome is ReceiptStatus.Failed or ReceiptStatus.Undelivered)
        {
            row.Default(nameof(Receipt.ErrorCode), UnknownError);
        }
    }

    private void SetChild(ImportedRow row, Conversation parent, Dictionary<string, long> next)
    {
        if (row.Entity is Message message)
        {
            row.Default(nameof(Message.Index), next.GetValueOrDefault(parent.Sid));
            next[parent.Sid] = message.Index + 1;
            row.Default(nameof(Message.Author), "system");
            row.Default(nameof(Message.Attributes), "{}");
            if ((message.MediaSid ?? message.ContentSid) is null)
            {
                row.Default(nameof(Message.Body), "");
            }

            SetMedia(row, message.Media);
        }

        if (row.Entity is ConversationWebhook)
        {
            row.Default(nameof(ConversationWebhook.Target), WebhookTarget.Webhook);
            row.Default(nameof(ConversationWebhook.Method), "post");
        }
    }

    private void SetMedia(ImportedRow row, IReadOnlyList<MessageMedia?>? media)
    {
        if (media?.Any(file => file?.Sid is "") == true)
        {
            row.Replace(nameof(Message.Media), media.Select(WithSid).ToList());
        }

        MessageMedia? WithSid(MessageMedia? file) =>
            file?.Sid is "" ? file with { Sid = clock.NewSid(MessageMedia.SidPrefix) } : file;
    }

    private void SetUser(ImportedRow row, User user) =>
        row.Default(nameof(User.RoleSid), ServiceOf(user)?.DefaultChatServiceRoleSid);

    private void SetParticipant(ImportedRow row, Participant participant)
    {
        var conversation = conversations[participant.ConversationSid ?? ""].FirstOrDefault();
        row.Default(nameof(Participant.RoleSid), ServiceOf(participant)?.DefaultConversationRoleSid);
        row.Default(nameof(Participant.ConversationClosed), conversation?.IsClosed == true);
        row.Default(
            nameof(Participant.BindingType),
            participant.ProjectedAddress is not null ? AddressType.Sms
                : participant.Address is { } address ? AddressType.Of(address)
                : null
        );
        if (participant.LastReadMessageIndex is not null)
        {
            row.Default(nameof(Participant.LastReadTimestamp), participant.DateUpdated);
        }

        if (conversation?.IsClosed == false)
        {
            row.Default(
                nameof(Participant.ActiveBinding),
                Participant.PairOf(participant.Address, participant.ProxyAddress)
            );
        }

        if (participant.Identity is { } identity && conversation is not null && !row.Has(nameof(Participant.UserSid)))
        {
            row.Replace(nameof(Participant.UserSid), UserOf(participant, conversation, identity).Sid);
        }
    }

    private User UserOf(Participant participant, Conversation conversation, string identity)
    {
        var key = (participant.ChatServiceSid, identity);
        if (!users.TryGetValue(key, out var known))
        {
            var role = ServiceOf(participant)?.DefaultChatServiceRoleSid ?? "";
            users[key] = known = User.New(conversation, identity, role, clock);
            var row = ImportedRow.Of(model, known);
            row.Forget(nameof(User.ConversationCount));
            rows.Add(row);
        }

        return known;
    }

    private ChatService? ServiceOf(ServiceResource row) => services[row.ChatServiceSid].FirstOrDefault();
}
