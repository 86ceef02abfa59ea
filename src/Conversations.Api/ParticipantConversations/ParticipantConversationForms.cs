using Conversations.Api.Errors;
using Conversations.Api.Participants;
using Conversations.Api.Users;
using Conversations.Api.Wire;
using FluentValidation;

namespace Conversations.Api.ParticipantConversations;

/// <summary>The query of the list: exactly one of Identity and Address.</summary>
public sealed record ParticipantConversationQuery : PageRequest
{
    /// <summary>
    /// A unique string identifier for the conversation participant as Conversation User. It must match exactly.
    /// </summary>
    public string? Identity { get; init; }

    /// <summary>
    /// A unique string identifier for the conversation participant who's not a Conversation User: the address of its
    /// messaging binding, with the prefix of the channel (whatsapp:+15558675310). It must match exactly.
    /// </summary>
    public string? Address { get; init; }

    /// <summary>
    /// How many resources to return in each list page. The default is 50. A value above 50 is reduced to 50.
    /// </summary>
    [Documented(Type = "integer")]
    public override string? PageSize { get; init; }

    // The official document is the only source of this maximum.
    protected override int MaxSize => 50;

    protected internal override IEnumerable<(string Name, string? Value)> Filters =>
        [(nameof(Identity), Identity), (nameof(Address), Address)];
}

public sealed class ParticipantConversationQueryRules : PageRules<ParticipantConversationQuery>
{
    public ParticipantConversationQueryRules()
    {
        // No participant has a longer one. The error is a guess.
        RuleFor(q => q.Identity).AtMost(IdentityRules.MaxLength, TwilioErrors.IdentityTooLong);
        RuleFor(q => q.Address).AtMost(AddressType.MaxLength, TwilioErrors.InvalidAddress);

        // When neither is given, the code is a guess.
        RuleFor(q => q)
            .Must(q => q.Identity.NullIfEmpty() is null != q.Address.NullIfEmpty() is null)
            .WithError(TwilioErrors.OneIdentifierAllowed);
    }
}
