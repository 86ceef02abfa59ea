namespace Conversations.TestSupport;

/// <summary>The parameters that make each kind of participant.</summary>
public static class NewParticipant
{
    public static (string Name, string Value)[] Chat(string identity) => Of(identity: identity);

    /// <summary>Of any channel: the prefix of the addresses tells it.</summary>
    public static (string Name, string Value)[] Sms(string address, string proxyAddress) =>
        Of(address: address, proxyAddress: proxyAddress);

    /// <summary>A member of a group text with a phone number of its own.</summary>
    public static (string Name, string Value)[] Native(string address) => Of(address: address);

    /// <summary>A member of a group text that is seen there under the projected address.</summary>
    public static (string Name, string Value)[] Projected(string projectedAddress, string? identity = null) =>
        Of(identity: identity, projectedAddress: projectedAddress);

    /// <summary>Any mix; null is not sent, the empty text is.</summary>
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
