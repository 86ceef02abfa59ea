namespace Conversations.TestSupport;

/// <summary>The form parameters that create each kind of participant.</summary>
public static class NewParticipant
{
    public static (string Name, string Value)[] Chat(string identity) => Of(identity: identity);

    /// <summary>A participant of any channel. The prefix of the addresses decides.</summary>
    public static (string Name, string Value)[] Sms(string address, string proxyAddress) =>
        Of(address: address, proxyAddress: proxyAddress);

    /// <summary>A member of a group text with its own phone number.</summary>
    public static (string Name, string Value)[] Native(string address) => Of(address: address);

    /// <summary>A member of a group text that others see under the projected address.</summary>
    public static (string Name, string Value)[] Projected(string projectedAddress, string? identity = null) =>
        Of(identity: identity, projectedAddress: projectedAddress);

    /// <summary>Any combination. Null is not sent, the empty text is.</summary>
    public static (string Name, string Value)[] Of(
        string? identity = null,
        string? address = null,
        string? proxyAddress = null,
        string? projectedAddress = null
    ) =>
        [
            .. Given("Identity", identity),
            .. Given("MessagingBinding.Address", address),
            .. Given("MessagingBinding.ProxyAddress", proxyAddress),
            .. Given("MessagingBinding.ProjectedAddress", projectedAddress),
        ];

    private static (string Name, string Value)[] Given(string name, string? value) =>
        value is null ? [] : [(name, value)];
}
