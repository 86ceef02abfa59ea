using Conversations.Api.Errors;
using Conversations.Api.Users;
using Conversations.Api.Wire;
using FluentValidation;

namespace Conversations.Api.Participants;

/// <summary>The parameters MessagingBinding.… of a new participant.</summary>
public sealed class MessagingBindingForm
{
    /// <summary>
    /// The address of the participant's device, e.g. a phone or WhatsApp number. Together with the proxy address, this
    /// determines a participant uniquely. Limited to 256 characters.
    /// </summary>
    public string? Address { get; init; }

    /// <summary>
    /// The address of the Twilio phone number (or WhatsApp number) that the participant is in contact with. Limited to
    /// 256 characters.
    /// </summary>
    public string? ProxyAddress { get; init; }

    /// <summary>The address of the Twilio phone number that is used in Group MMS.</summary>
    public string? ProjectedAddress { get; init; }

    /// <summary>
    /// Not in the official document, but accepted: <c>email</c> says that the address is one. Other types follow from
    /// the address.
    /// </summary>
    [Undocumented]
    public string? Type { get; init; }

    /// <summary>Not in the official document, but accepted of an email participant: to, cc or from.</summary>
    [Undocumented]
    [Documented(Values = ["to", "cc", "from"])]
    public string? Level { get; init; }

    /// <summary>
    /// Not in the official document, but accepted of an email participant; limited to 256 characters.
    /// </summary>
    [Undocumented]
    public string? Name { get; init; }

    internal string? TypeOfAddress =>
        Address is null ? null
        : Type == AddressType.Email ? AddressType.Email
        : AddressType.Of(Address);
}

/// <summary>The form that creates a participant.</summary>
[FormExample("Chat", "Identity", "alice")]
[FormExample("SMS", "MessagingBinding.Address", "+15558675310", "MessagingBinding.ProxyAddress", "+15017122661")]
[FormExample(
    "WhatsApp",
    "MessagingBinding.Address",
    "whatsapp:+15558675310",
    "MessagingBinding.ProxyAddress",
    "whatsapp:+15017122661"
)]
public sealed class CreateParticipantForm
{
    /// <summary>
    /// A unique string identifier for the conversation participant as Conversation User. Limited to 256 characters.
    /// </summary>
    public string? Identity { get; init; }

    public MessagingBindingForm MessagingBinding { get; init; } = new();

    /// <summary>The date that this resource was created.</summary>
    [Documented(Type = "date-time")]
    public string? DateCreated { get; init; }

    /// <summary>The date that this resource was last updated.</summary>
    [Documented(Type = "date-time")]
    public string? DateUpdated { get; init; }

    /// <summary>
    /// An optional string metadata field that must contain structurally valid JSON, limited to 4,096 bytes of UTF-8;
    /// "{}" is returned when it is not set.
    /// </summary>
    public string? Attributes { get; init; }

    /// <summary>The SID of a conversation-level Role to assign to the participant.</summary>
    public string? RoleSid { get; init; }
}

/// <summary>The parameters MessagingBinding.… that an update may change.</summary>
public sealed class UpdateMessagingBindingForm
{
    /// <summary>
    /// The address of the Twilio phone number that the participant is in contact with. 'null' value will remove it.
    /// </summary>
    public string? ProxyAddress { get; init; }

    /// <summary>
    /// The address of the Twilio phone number that is used in Group MMS. 'null' value will remove it.
    /// </summary>
    public string? ProjectedAddress { get; init; }
}

/// <summary>The form that changes a participant. What it does not name keeps its value.</summary>
public sealed class UpdateParticipantForm
{
    /// <summary>The date that this resource was created.</summary>
    [Documented(Type = "date-time")]
    public string? DateCreated { get; init; }

    /// <summary>The date that this resource was last updated.</summary>
    [Documented(Type = "date-time")]
    public string? DateUpdated { get; init; }

    /// <summary>
    /// An optional string metadata field that must contain structurally valid JSON, limited to 4,096 bytes of UTF-8.
    /// </summary>
    public string? Attributes { get; init; }

    /// <summary>The SID of a conversation-level Role to assign to the participant.</summary>
    public string? RoleSid { get; init; }

    public UpdateMessagingBindingForm MessagingBinding { get; init; } = new();

    /// <summary>
    /// A unique string identifier for the conversation participant as Conversation User. Limited to 256 characters.
    /// </summary>
    public string? Identity { get; init; }

    /// <summary>
    /// Index of last "read" message in the Conversation for the Participant; the word null clears it.
    /// </summary>
    [Documented(Type = "integer")]
    public string? LastReadMessageIndex { get; init; }

    /// <summary>Timestamp of last "read" message in the Conversation for the Participant.</summary>
    public string? LastReadTimestamp { get; init; }

    internal bool ChangesBinding =>
        Identity.NullIfEmpty() is not null
        || MessagingBinding.ProxyAddress is not null
        || MessagingBinding.ProjectedAddress.NullIfEmpty() is not null;
}

/// <summary>
/// The format of a create, in Twilio's order. <see cref="ParticipantService"/> checks what needs the database.
/// </summary>
public sealed class CreateParticipantRules : AbstractValidator<CreateParticipantForm>
{
    public CreateParticipantRules(LimitOptions limits)
    {
        ClassLevelCascadeMode = RuleLevelCascadeMode = CascadeMode.Stop;
        RuleFor(f => f.Attributes).Attributes(limits.ParticipantAttributesBytes);
        RuleFor(f => f.DateCreated).Date(TwilioErrors.InvalidDateCreated);
        RuleFor(f => f.DateUpdated).Date(TwilioErrors.InvalidDateUpdated);
        RuleFor(f => f.RoleSid).Sid("RL", TwilioErrors.ConversationRoleNotFound);
        RequireIdentityOrBinding();
        RequireFormats();
        RequireEmailFormats();
    }

    // Which parameters go together.
    private void RequireIdentityOrBinding()
    {
        RuleFor(f => f.MessagingBinding.Address).NotEqual("").WithError(TwilioErrors.AddressEmpty);
        RuleFor(f => f.MessagingBinding.ProxyAddress).NotEqual("").WithError(TwilioErrors.ProxyAddressEmpty);
        RuleFor(f => f)
            .Must(f => f.Identity.NullIfEmpty() is null || f.MessagingBinding is { Address: null, ProxyAddress: null })
            .WithError(TwilioErrors.IdentityNotAcceptable);
        RuleFor(f => f)
            .Must(f => f.MessagingBinding.Address is null || f.MessagingBinding.ProjectedAddress.NullIfEmpty() is null)
            .WithError(TwilioErrors.InvalidAddress);
        RuleFor(f => f)
            .Must(f => f.MessagingBinding.ProxyAddress is null || f.MessagingBinding.Address is not null)
            .WithError(TwilioErrors.AddressEmpty);
        RuleFor(f => f)
            .Must(f =>
                (
                    f.Identity.NullIfEmpty()
                    ?? f.MessagingBinding.Address
                    ?? f.MessagingBinding.ProjectedAddress.NullIfEmpty()
                )
                    is not null
            )
            .WithError(TwilioErrors.IdentityNotProvided);
    }

    private void RequireFormats()
    {
        RuleFor(f => f.Identity).Identity();
        RuleFor(f => f.MessagingBinding.Address).AtMost(AddressType.MaxLength, TwilioErrors.InvalidAddress);
        RuleFor(f => f.MessagingBinding)
            .Must(b => b.Address is null || AddressType.IsAddress(b.TypeOfAddress, b.Address))
            .WithError(TwilioErrors.InvalidAddress);
        RuleFor(f => f.MessagingBinding.ProjectedAddress)
            .AtMost(AddressType.MaxLength, TwilioErrors.InvalidAddress)
            .Must(text => text.NullIfEmpty() is null || AddressType.IsAddress(AddressType.Sms, text!))
            .WithError(TwilioErrors.InvalidAddress);
        RuleFor(f => f.MessagingBinding)
            .Must(b => b.ProxyAddress is null || b.TypeOfAddress != AddressType.Email)
            .WithError(TwilioErrors.ProxyAddressNotSupported);
        RuleFor(f => f.MessagingBinding.ProxyAddress)
            .AtMost(AddressType.MaxLength, TwilioErrors.InvalidProxyAddress)
            .Must(text => text is null || AddressType.IsProxyAddress(text))
            .WithError(TwilioErrors.InvalidProxyAddress);
        RuleFor(f => f.MessagingBinding)
            .Must(b => b.ProxyAddress is null || b.ProxyAddress != b.Address)
            .WithError(TwilioErrors.AddressEqualsProxyAddress);
        RuleFor(f => f.MessagingBinding)
            .Must(b => b.ProxyAddress is null || AddressType.Of(b.ProxyAddress) == b.TypeOfAddress)
            .WithError(TwilioErrors.AddressTypesDiffer);
        RuleFor(f => f.MessagingBinding)
            .Must(b => b.ProxyAddress is not null || b.TypeOfAddress is null or AddressType.Sms or AddressType.Email)
            .WithError(TwilioErrors.ProxyAddressEmpty);
        RuleFor(f => f.MessagingBinding)
            .Must(b => b.TypeOfAddress == AddressType.Email || (b.Level.NullIfEmpty() ?? b.Name.NullIfEmpty()) is null)
            .WithError(TwilioErrors.BindingParameterNotSupported);
    }

    // The limits are guesses: nothing is documented about these three.
    private void RequireEmailFormats()
    {
        RuleFor(f => f.MessagingBinding.Type).AtMost(AddressType.MaxLength, TwilioErrors.InvalidBindingType);
        RuleFor(f => f.MessagingBinding.Level)
            .Must(level => level.NullIfEmpty() is null or "to" or "cc" or "from")
            .WithError(TwilioErrors.InvalidBindingLevel);
        RuleFor(f => f.MessagingBinding.Name).AtMost(AddressType.MaxLength, TwilioErrors.InvalidBindingName);
    }
}

/// <summary>
/// The format of an update, in Twilio's order. <see cref="BindingChange"/> decides which changes the participant
/// allows.
/// </summary>
public sealed class UpdateParticipantRules : AbstractValidator<UpdateParticipantForm>
{
    public UpdateParticipantRules(LimitOptions limits)
    {
        ClassLevelCascadeMode = RuleLevelCascadeMode = CascadeMode.Stop;
        RuleFor(f => f.Attributes).Attributes(limits.ParticipantAttributesBytes);
        RuleFor(f => f.DateCreated).Date(TwilioErrors.InvalidDateCreated);
        RuleFor(f => f.DateUpdated).Date(TwilioErrors.InvalidDateUpdated);
        RuleFor(f => f.RoleSid).Sid("RL", TwilioErrors.ConversationRoleNotFound);
        RuleFor(f => f.LastReadMessageIndex).LastReadMessageIndex();
        RuleFor(f => f.LastReadTimestamp).Date(TwilioErrors.InvalidLastReadTimestamp);
        RuleFor(f => f.MessagingBinding.ProxyAddress).NotEqual("").WithError(TwilioErrors.ProxyAddressEmpty);
        RuleFor(f => f.Identity).Identity();
        RuleFor(f => f.MessagingBinding.ProxyAddress)
            .AtMost(AddressType.MaxLength, TwilioErrors.InvalidProxyAddress)
            .Must(text => text is null or Forms.Null || AddressType.IsProxyAddress(text))
            .WithError(TwilioErrors.InvalidProxyAddress);
        RuleFor(f => f.MessagingBinding.ProjectedAddress)
            .AtMost(AddressType.MaxLength, TwilioErrors.InvalidAddress)
            .Must(text => text.NullIfEmpty() is null or Forms.Null || AddressType.IsAddress(AddressType.Sms, text!))
            .WithError(TwilioErrors.InvalidAddress);
    }
}
