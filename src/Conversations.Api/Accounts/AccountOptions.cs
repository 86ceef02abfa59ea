namespace Conversations.Api.Accounts;

/// <summary>One account of the configuration: <c>Accounts__0__Sid</c>, <c>Accounts__0__AuthToken</c>, …</summary>
public sealed record AccountOptions
{
    /// <summary>AC and 32 hexadecimal digits.</summary>
    public string Sid { get; init; } = "";

    public string AuthToken { get; init; } = "";

    /// <summary>Any number of API keys; each stands for the account as its AuthToken does.</summary>
    public IReadOnlyList<ApiKeyOptions>? ApiKeys { get; init; }

    /// <summary>
    /// The numbers and senders the account owns, written as in ProxyAddress (<c>+15017122661</c>, <c>whatsapp:+15017122661</c>).
    /// None: every proxy and projected address is accepted, for there is no telephone network to ask.
    /// </summary>
    public IReadOnlyList<string>? Senders { get; init; }

    /// <summary>IS and the account's 32 digits: known before the account's first request, and the same on every server.</summary>
    public string DefaultChatServiceSid => "IS" + Sid[2..];

    /// <summary>MG and the account's 32 digits. There are no Messaging Services here; conversations show the SID of one.</summary>
    public string DefaultMessagingServiceSid => "MG" + Sid[2..];

    /// <summary>
    /// The account of a server in Development that configures none, so that it works without a file to edit. README prints it,
    /// so it is no secret and exists nowhere else.
    /// </summary>
    public static AccountOptions BuiltIn { get; } =
        new() { Sid = "AC00000000000000000000000000000001", AuthToken = "AuthTokenForLocalUseOnly00000001" };
}

/// <summary>An API key: SK and 32 hexadecimal digits, and its secret.</summary>
public sealed record ApiKeyOptions
{
    public string Sid { get; init; } = "";

    public string Secret { get; init; } = "";
}
