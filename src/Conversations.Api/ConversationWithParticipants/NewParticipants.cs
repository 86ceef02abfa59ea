using Conversations.Api.Accounts;
using Conversations.Api.ChatServices;
using Conversations.Api.Conversations;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Participants;
using Conversations.Api.Roles;
using Conversations.Api.Users;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;

namespace Conversations.Api.ConversationWithParticipants;

/// <summary>
/// The rules of the participants of a new conversation. Each participant is checked as if those before it were already
/// in the conversation: format, kind of participant, sender, limits, group text, uniqueness, role. The answer is the
/// first broken rule of the first participant that breaks one.
/// </summary>
public sealed class NewParticipants(
    ConversationsDbContext db,
    RequestScope scope,
    GroupText groups,
    ConversationTimers timers,
    CreateParticipantRules rules,
    AccountClock clock
)
{
    /// <summary>The errors of <see cref="CheckAsync"/>.</summary>
    public static IReadOnlyList<TwilioError> Errors { get; } =
    [
        TwilioErrors.InvalidParticipantJson,
        .. RuleErrors.Of(new CreateParticipantRules(new())), // The errors do not depend on the limits.
        .. BindingChange.SenderErrors,
        TwilioErrors.UserConversationLimit,
        .. GroupText.Errors,
        TwilioErrors.ProjectedAddressNotProvided,
        TwilioErrors.ParticipantExists,
        TwilioErrors.BindingsInUse,
    ];

    /// <summary>Settles the timers of the conversations that hold the pairs of addresses.</summary>
    public async Task SettleAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var (account, pairs) = (scope.AccountSid, PairsOf(texts.Select(ParticipantJson.Read)));
        if (pairs is not [])
        {
            var holders = db.Set<Participant>()
                .Where(p => p.AccountSid == account && pairs.Contains(p.ActiveBinding))
                .Select(p => p.ConversationSid);
            await timers.SettleHoldersAsync(
                db.Set<Conversation>().Where(c => holders.Contains(c.Sid)),
                cancellationToken
            );
        }
    }

    /// <summary>Checks the participants and returns them as pending rows.</summary>
    /// <param name="texts">The JSON of each participant.</param>
    public async Task<Checked> CheckAsync(
        Conversation conversation,
        IReadOnlyList<string> texts,
        CancellationToken cancellationToken
    )
    {
        List<CreateParticipantForm?> forms = [.. texts.Select(ParticipantJson.Read)];
        var facts = await FactsAsync(conversation, [.. forms.OfType<CreateParticipantForm>()], cancellationToken);
        List<Participant> participants = [];
        List<User> users = [];
        foreach (var form in forms)
        {
            var participant = CheckFormat(form, conversation, facts.Service.DefaultConversationRoleSid);
            Check(participant, participants, facts);
            participants.Add(participant);
            if (participant.Identity is { } identity && participant.UserSid is null)
            {
                users.Add(User.New(conversation, identity, facts.Service.DefaultChatServiceRoleSid, clock));
                participant.UserSid = users[^1].Sid;
            }
        }

        return new(participants, users, await groups.CheckSetAsync(participants, cancellationToken))
        {
            RoleSid = forms.Exists(form => form!.RoleSid.NullIfEmpty() is null)
                ? facts.Service.DefaultConversationRoleSid
                : null,
        };
    }

    private Participant CheckFormat(CreateParticipantForm? form, Conversation conversation, string defaultRoleSid)
    {
        TwilioException.ThrowIf(form is null, TwilioErrors.InvalidParticipantJson);
        rules.Check(form!);
        var binding = form!.MessagingBinding;
        BindingChange.RequireNoSender(scope.Account, binding.Address);
        BindingChange.RequireSenders(scope.Account, binding.ProxyAddress, binding.ProjectedAddress.NullIfEmpty());
        var participant = Participant.New(form, conversation, defaultRoleSid, clock);
        participant.Pending = true;
        return participant;
    }

    private static void Check(Participant participant, List<Participant> before, Facts facts)
    {
        var user = facts.Users.Find(u => u.Identity == participant.Identity);
        TwilioException.ThrowIf(user?.ConversationCount >= User.MaxConversations, TwilioErrors.UserConversationLimit);
        GroupText.Require(participant, before);
        TwilioException.ThrowIf(
            participant.Identity is not null && before.Exists(other => other.Identity == participant.Identity),
            TwilioErrors.ParticipantExists
        );
        TwilioException.ThrowIf(
            participant.ActiveBinding is { } pair
                && (facts.Pairs.Contains(pair) || before.Exists(other => other.ActiveBinding == pair)),
            TwilioErrors.BindingsInUse
        );
        TwilioException.ThrowIf(!facts.Roles.Contains(participant.RoleSid), TwilioErrors.ConversationRoleNotFound);
        participant.UserSid = user?.Sid;
    }

    private async Task<Facts> FactsAsync(
        Conversation conversation,
        IReadOnlyList<CreateParticipantForm> forms,
        CancellationToken cancellationToken
    )
    {
        string[] identities = [.. forms.Select(form => form.Identity.NullIfEmpty()).OfType<string>()];
        var pairs = PairsOf(forms);
        string[] roles = [.. forms.Select(form => form.RoleSid.NullIfEmpty()).OfType<string>()];
        var service = conversation.ChatServiceSid;
        var chatService =
            await db.Set<ChatService>().SingleOrDefaultAsync(s => s.Sid == service, cancellationToken)
            ?? throw scope.NotFound();
        var users = db.Set<User>().Where(u => u.ChatServiceSid == service && identities.Contains(u.Identity));
        var held = db.Set<Participant>()
            .Where(p => p.AccountSid == conversation.AccountSid && pairs.Contains(p.ActiveBinding))
            .Select(p => p.ActiveBinding);
        var known = db.Set<Role>()
            .Where(r => r.ChatServiceSid == service && r.Type == RoleType.Conversation && roles.Contains(r.Sid))
            .Select(r => r.Sid);
        return new(
            chatService,
            identities is [] ? [] : await users.ToListAsync(cancellationToken),
            pairs is [] ? [] : await held.ToListAsync(cancellationToken),
            [chatService.DefaultConversationRoleSid, .. roles is [] ? [] : await known.ToListAsync(cancellationToken)]
        );
    }

    private static string[] PairsOf(IEnumerable<CreateParticipantForm?> forms) =>
        [
            .. forms
                .OfType<CreateParticipantForm>()
                .Select(form => Participant.PairOf(form.MessagingBinding.Address, form.MessagingBinding.ProxyAddress))
                .OfType<string>(),
        ];

    /// <summary>The participants to store.</summary>
    /// <param name="Users">The users to create with them.</param>
    /// <param name="GroupSet">The address set of their group text; null for none.</param>
    public sealed record Checked(IReadOnlyList<Participant> Participants, IReadOnlyList<User> Users, string? GroupSet)
    {
        /// <summary>The service's default role, if a participant takes it.</summary>
        public string? RoleSid { get; init; }
    }

    private sealed record Facts(
        ChatService Service,
        List<User> Users,
        List<string?> Pairs,
        IReadOnlyList<string> Roles
    );
}
