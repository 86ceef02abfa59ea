using Conversations.Api.Accounts;
using Conversations.Api.Errors;
using Conversations.Api.Wire;

namespace Conversations.Api.Participants;

/// <summary>
/// The rules for a change of a participant's binding. According to the official document an update can add or remove an
/// address, but not replace it. The texts of the codes in Twilio's dictionary say the same, and a public report shows
/// it for 50441.
/// </summary>
public static class BindingChange
{
    /// <summary>The errors of <see cref="RequireSenders"/>.</summary>
    public static IReadOnlyList<TwilioError> SenderErrors { get; } =
    [
        TwilioErrors.ProxyAddressNotAuthorized,
        TwilioErrors.ProxyAddressNotWhatsApp,
        TwilioErrors.ProjectedAddressNotAuthorized,
    ];

    /// <summary>The errors of <see cref="Apply"/>.</summary>
    public static IReadOnlyList<TwilioError> Errors { get; } =
    [
        TwilioErrors.ProxyAddressNotRemovable,
        TwilioErrors.ProxyAddressNotSupported,
        TwilioErrors.ProxyAddressNotAddable,
        TwilioErrors.AddressEqualsProxyAddress,
        TwilioErrors.AddressTypesDiffer,
        .. SenderErrors,
        TwilioErrors.ProjectedAddressNotRemovable,
        TwilioErrors.ProjectedAddressNotAddable,
        TwilioErrors.IdentityNotAddable,
    ];

    /// <summary>Applies the form's proxy address, projected address and identity, or throws.</summary>
    public static void Apply(UpdateParticipantForm form, Participant participant, AccountOptions account)
    {
        if (form.MessagingBinding.ProxyAddress is { } proxyAddress)
        {
            ApplyProxyAddress(proxyAddress, participant, account);
        }

        if (form.MessagingBinding.ProjectedAddress.NullIfEmpty() is { } projectedAddress)
        {
            ApplyProjectedAddress(projectedAddress, participant, account);
        }

        if (form.Identity.NullIfEmpty() is { } identity)
        {
            TwilioException.ThrowIf(
                participant is not { Identity: null, ProjectedAddress: not null },
                TwilioErrors.IdentityNotAddable
            );
            participant.Identity = identity;
        }
    }

    private static void ApplyProxyAddress(string proxyAddress, Participant participant, AccountOptions account)
    {
        if (proxyAddress == Forms.Null)
        {
            TwilioException.ThrowIf(participant.ProxyAddress is null, TwilioErrors.ProxyAddressNotRemovable);
            participant.ProxyAddress = participant.ActiveBinding = null;
            return;
        }

        TwilioException.ThrowIf(participant.BindingType == AddressType.Email, TwilioErrors.ProxyAddressNotSupported);
        TwilioException.ThrowIf(
            participant is not { Address: not null, ProxyAddress: null },
            TwilioErrors.ProxyAddressNotAddable
        );
        TwilioException.ThrowIf(proxyAddress == participant.Address, TwilioErrors.AddressEqualsProxyAddress);
        TwilioException.ThrowIf(
            AddressType.Of(proxyAddress) != participant.BindingType,
            TwilioErrors.AddressTypesDiffer
        );
        RequireSenders(account, proxyAddress, null);
        participant.ProxyAddress = proxyAddress;
        participant.ActiveBinding = Participant.PairOf(participant.Address, proxyAddress);
    }

    private static void ApplyProjectedAddress(string projectedAddress, Participant participant, AccountOptions account)
    {
        // A participant without an identity has only its projected address, which can't be removed.
        if (projectedAddress == Forms.Null)
        {
            TwilioException.ThrowIf(
                participant is not { ProjectedAddress: not null, Identity: not null },
                TwilioErrors.ProjectedAddressNotRemovable
            );
            participant.ProjectedAddress = participant.BindingType = null;
            return;
        }

        TwilioException.ThrowIf(participant.BindingType is not null, TwilioErrors.ProjectedAddressNotAddable);
        RequireSenders(account, null, projectedAddress);
        participant.ProjectedAddress = projectedAddress;
        participant.BindingType = AddressType.Sms;
    }

    /// <summary>
    /// Throws when the account configures its senders and the address of a person is one of them (recorded). A null
    /// address is not checked.
    /// </summary>
    public static void RequireNoSender(AccountOptions account, string? address)
    {
        var isSender = address is not null && account.Senders?.Contains(address) == true;
        TwilioException.ThrowIf(isSender, TwilioErrors.InvalidAddress);
    }

    /// <summary>
    /// Throws when the account configures its senders and one of the addresses is not among them. A null address is not
    /// checked.
    /// </summary>
    public static void RequireSenders(AccountOptions account, string? proxyAddress, string? projectedAddress)
    {
        TwilioException.ThrowIf(
            !IsSender(proxyAddress),
            proxyAddress is not null && AddressType.Of(proxyAddress) == AddressType.WhatsApp
                ? TwilioErrors.ProxyAddressNotWhatsApp
                : TwilioErrors.ProxyAddressNotAuthorized
        );
        TwilioException.ThrowIf(!IsSender(projectedAddress), TwilioErrors.ProjectedAddressNotAuthorized);

        bool IsSender(string? address) =>
            address is null || account.Senders is not { Count: > 0 } senders || senders.Contains(address);
    }
}
