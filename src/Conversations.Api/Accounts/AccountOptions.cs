namespace Conversations.Api.Accounts;

/// <summary>One account of the configuration: <c>Accounts__0__Sid</c>, <c>Accounts__0__AuthToken</c>, …</summary>
public sealed record AccountOptions
{
    /// <summary>AC and 32 hexadecimal digits.</summary>
    public string Sid { get; init; } = "";

    public string AuthToken { get; init; } = "";

    /// <summary>Any number of API keys. Each gives the same access as the AuthToken.</summary>
    public IReadOnlyList<ApiKeyOptions>? ApiKeys { get; init; }

    /// <summary>
    /// The numbers and senders that the account owns, as in ProxyAddress (<c>+15017122661</c>,
    /// <c>whatsapp:+15017122661</c>). Without any, every proxy and projected address is accepted, because there is no
    /// telephone network to ask.
    /// </summary>
    public IReadOnlyList<string>? Senders { get; init; }

    /// <summary>
    /// IS and the account's 32 digits, so it is known before the account's first request and the same on every server.
    /// </summary>
    public string DefaultChatServiceSid => "IS" + Sid[2..];

    /// <summary>
    /// MG and the account's 32 digits. The server has no Messaging Services; conversations only show the SID.
    /// </summary>
    public string DefaultMessagingServiceSid => "MG" + Sid[2..];

    /// <summary>
    /// The account of a server in Development without an account in its configuration, so that the first request needs
    /// no file to edit. The README prints its token, so it is public, and it exists only in Development.
    /// </summary>
    public static AccountOptions BuiltIn { get; } =
        new() { Sid = "AC00000000000000000000000000000001", AuthToken = "AuthTokenForLocalUseOnly00000001" };
}
