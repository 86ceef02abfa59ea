using Conversations.Api.Accounts;
using Conversations.Api.Errors;
using Conversations.Api.Wire;

namespace Conversations.Api.Participants;

/// <summary>
/// Which changes of its binding a participant allows. The official document lets an update add or remove, never replace; Twilio's
/// dictionary says the same of each code, and a public report shows it for 50441.
/// </summary>
public static class BindingChange
{
    /// <summary>Applies what the form says of identity, proxy and projected address, or throws.</summary>
    public static void Apply(UpdateParticipantForm form, Participant participant, AccountOptions account)
    {
        var (proxyAddress, projectedAddress) = (
            form.MessagingBinding.ProxyAddress,
            form.MessagingBinding.ProjectedAddress.NullIfEmpty()
        );
        switch (proxyAddress)
        {
            case null:
                break;

            case Forms.Null:
                TwilioException.ThrowIf(participant.ProxyAddress is null, TwilioErrors.ProxyAddressNotRemovable);
                participant.ProxyAddress = participant.ActiveBinding = null;
                break;
            default:
                TwilioException.ThrowIf(
                    participant.BindingType == AddressType.Email,
                    TwilioErrors.ProxyAddressNotSupported
                );
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
                break;
        }

        switch (projectedAddress)
        {
            case null:
                break;

            // A participant without identity has only its projected address: it can't lose that.
            case Forms.Null:
                TwilioException.ThrowIf(
                    participant is not { ProjectedAddress: not null, Identity: not null },
                    TwilioErrors.ProjectedAddressNotRemovable
                );
                participant.ProjectedAddress = participant.BindingType = null;
                break;
            default:
                TwilioException.ThrowIf(participant.BindingType is not null, TwilioErrors.ProjectedAddressNotAddable);
                RequireSenders(account, null, projectedAddress);
                participant.ProjectedAddress = projectedAddress;
                participant.BindingType = AddressType.Sms;
                break;
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

    /// <summary>
    /// Throws when the account names its senders and a person's address is one of them (recorded); null says nothing.
    /// </summary>
    public static void RequireNoSender(AccountOptions account, string? address)
    {
        var isSender = address is not null && account.Senders?.Contains(address) == true;
        TwilioException.ThrowIf(isSender, TwilioErrors.InvalidAddress);
    }

    /// <summary>Throws when the account names its senders and these are not among them; null says nothing.</summary>
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
