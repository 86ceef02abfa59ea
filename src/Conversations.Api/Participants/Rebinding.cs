using Conversations.Api.Accounts;
using Conversations.Api.Http;

namespace Conversations.Api.Participants;

/// <summary>
/// Which changes of its binding a participant allows. The official document lets an update add or remove, never replace; Twilio's
/// dictionary says the same of each code, and a public report shows it for 50441.
/// </summary>
public static class Rebinding
{
    /// <summary>Applies what the form says of identity, proxy and projected address, or throws.</summary>
    public static void Apply(UpdateParticipantForm form, Participant participant, AccountOptions account)
    {
        var (proxyAddress, projectedAddress) = (form.MessagingBinding.ProxyAddress, form.MessagingBinding.ProjectedAddress.Given());
        switch (proxyAddress)
        {
            case null:
                break;

            case Forms.Null:
                TwilioException.Unless(participant.ProxyAddress is not null, TwilioErrors.ProxyAddressNotRemovable);
                participant.ProxyAddress = participant.ActiveBinding = null;
                break;
            default:
                TwilioException.Unless(participant.BindingType != AddressType.Email, TwilioErrors.ProxyAddressNotSupported);
                TwilioException.Unless(participant is { Address: not null, ProxyAddress: null }, TwilioErrors.ProxyAddressNotAddable);
                TwilioException.Unless(proxyAddress != participant.Address, TwilioErrors.AddressEqualsProxyAddress);
                TwilioException.Unless(AddressType.Of(proxyAddress) == participant.BindingType, TwilioErrors.AddressTypesDiffer);
                RequireSenders(account, proxyAddress, null);
                participant.ProxyAddress = proxyAddress;
                participant.ActiveBinding = Participant.PairOf(participant.Address, proxyAddress);
                break;
        }

        switch (projectedAddress)
        {
            case null:
                break;

            // Without its projected address a participant that has no identity would be nobody.
            case Forms.Null:
                TwilioException.Unless(participant is { ProjectedAddress: not null, Identity: not null }, TwilioErrors.ProjectedAddressNotRemovable);
                participant.ProjectedAddress = participant.BindingType = null;
                break;
            default:
                TwilioException.Unless(participant.BindingType is null, TwilioErrors.ProjectedAddressNotAddable);
                RequireSenders(account, null, projectedAddress);
                participant.ProjectedAddress = projectedAddress;
                participant.BindingType = AddressType.Sms;
                break;
        }

        if (form.Identity.Given() is { } identity)
        {
            TwilioException.Unless(participant is { Identity: null, ProjectedAddress: not null }, TwilioErrors.IdentityNotAddable);
            participant.Identity = identity;
        }
    }

    /// <summary>
    /// Throws when the account names its senders and a person's address is one of them (recorded); null says nothing.
    /// </summary>
    public static void RequireNoSender(AccountOptions account, string? address)
    {
        var isSender = address is not null && account.Senders?.Contains(address) == true;
        TwilioException.Unless(!isSender, TwilioErrors.InvalidAddress);
    }

    /// <summary>Throws when the account names its senders and these are not among them; null says nothing.</summary>
    public static void RequireSenders(AccountOptions account, string? proxyAddress, string? projectedAddress)
    {
        TwilioException.Unless(IsSender(proxyAddress), proxyAddress is not null && AddressType.Of(proxyAddress) == AddressType.WhatsApp
            ? TwilioErrors.ProxyAddressNotWhatsApp
            : TwilioErrors.ProxyAddressNotAuthorized);
        TwilioException.Unless(IsSender(projectedAddress), TwilioErrors.ProjectedAddressNotAuthorized);

        bool IsSender(string? address) => address is null || account.Senders is not { Count: > 0 } senders || senders.Contains(address);
    }
}
