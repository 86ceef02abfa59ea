namespace Conversations.Api.Hosting;

/// <summary>All settings of this server, for the check at start-up and for <c>--help</c>.</summary>
public static class Settings
{
    private static readonly Setting[] ConnectionStrings =
    [
        new(
            "ConnectionStrings:Postgres",
            "PostgreSQL: Host=…;Username=…;Password=…;Database=… or postgresql://…",
            null,
            SettingRules.Anything
        )
        {
            IsNeverEmpty = true,
        },
        new("ConnectionStrings:Sqlite", "the SQLite file, or :memory:", "conversations.db", SettingRules.Anything)
        {
            IsNeverEmpty = true,
        },
    ];

    private static readonly Setting[] Accounts =
    [
        new(
            "Accounts:#:Sid",
            "an account: AC and 32 hexadecimal digits",
            "a built-in account, in Development only",
            SettingRules.Anything
        ),
        new(
            "Accounts:#:AuthToken",
            "its token, 16 characters or more outside Development",
            null,
            SettingRules.Anything
        ),
        new(
            "Accounts:#:ApiKeys:#:Sid",
            "an API key of the account: SK and 32 hexadecimal digits",
            null,
            SettingRules.Anything
        ),
        new(
            "Accounts:#:ApiKeys:#:Secret",
            "its secret, 16 characters or more outside Development",
            null,
            SettingRules.Anything
        ),
        new(
            "Accounts:#:Senders:#",
            "a number or sender of the account (+15017122661, whatsapp:+15017122661)",
            "every address",
            SettingRules.Sender
        )
        {
            IsNeverEmpty = true,
        },
        Switch("Accounts:Any", "true: any SID and token are an account from their first request on (Development)"),
    ];

    private static readonly Setting[] Control =
    [
        Switch("Control:Enabled", "true: the API for tests answers at /control", "true in Development"),
        Switch("Control:Journal", "true: /control keeps the latest requests and deliveries", "true in Development"),
    ];

    private static readonly Setting[] Hosts =
    [
        new(
            "PublicUrl",
            "where callers reach the server, for the URLs in answers",
            "the host of each request",
            SettingRules.HttpUrl
        ),
        new(
            "AllowedHosts",
            "host names of this server, with ; between them (*.example.com, * for any)",
            "any; with the built-in account, the local ones",
            SettingRules.HostNames
        ),
        new(
            "TrustedProxies:#",
            "address or network (10.0.0.0/8) of a reverse proxy whose X-Forwarded-* headers count",
            "none",
            SettingRules.Network
        ),
    ];

    private static readonly Setting[] Webhooks =
    [
        new(
            "Webhooks:AllowedNetworks:#",
            "a private network (10.0.0.0/8) whose receivers may be called",
            "in Development all, with the built-in account this machine, else none",
            SettingRules.Network
        ),
        new("Webhooks:AllowedHosts:#", "a host that may be called", "every host", SettingRules.Host)
        {
            IsNeverEmpty = true,
        },
        new("Webhooks:TimeoutSeconds", "how long a receiver may take", "5", SettingRules.Seconds(0.1, 600))
        {
            IsNeverEmpty = true,
        },
        new("Webhooks:MaxAttempts", "the attempts to send an event", "12", SettingRules.WholeNumber(1, 1000))
        {
            IsNeverEmpty = true,
        },
        new(
            "Webhooks:FirstPauseSeconds",
            "the first pause after a failure, which doubles",
            "1",
            SettingRules.Seconds(0, 600)
        )
        {
            IsNeverEmpty = true,
        },
        Switch("Webhooks:PostOnly", "true: no receiver is asked before a change"),
    ];

    private static readonly Setting[] Delivery =
    [
        new(
            "Delivery:StepSeconds",
            "the pause before a message to a phone is sent, and before each further status",
            "0.4",
            SettingRules.Seconds(0, 86_400)
        )
        {
            IsNeverEmpty = true,
        },
        Switch("Delivery:WhatsAppReads", "true: messages by WhatsApp are read"),
        new(
            "Delivery:Outcomes:#:Address",
            "an address whose messages are not delivered (+15558675310, whatsapp:+15558675310)",
            "Twilio's test numbers",
            SettingRules.Recipient
        )
        {
            IsNeverEmpty = true,
        },
        new("Delivery:Outcomes:#:Status", "failed or undelivered", "failed", SettingRules.FailedStatus)
        {
            IsNeverEmpty = true,
        },
        new("Delivery:Outcomes:#:ErrorCode", "its error code", null, SettingRules.WholeNumber(10_000, 99_999))
        {
            IsNeverEmpty = true,
        },
    ];

    private static readonly Setting[] MessageLimits =
    [
        new("Limits:MessageBodyBytes", "the longest body of a message", "32768", SettingRules.WholeNumber(1, 1 << 20)),
        new(
            "Limits:MessageAttributesBytes",
            "the longest Attributes of a message",
            "4096",
            SettingRules.WholeNumber(1, 1 << 20)
        ),
        new(
            "Limits:MessageWritesPerSecond",
            "messages that are created, changed and deleted in a conversation in a second",
            "any number",
            SettingRules.WholeNumber(1, int.MaxValue)
        ),
    ];

    private static readonly Setting[] Limits =
    [
        new(
            "Limits:ParticipantAttributesBytes",
            "the longest Attributes of a participant",
            "4096",
            SettingRules.WholeNumber(1, 1 << 20)
        ),
        new(
            "Limits:FailedAttemptsPerMinute",
            "wrong credentials that an address may send in a minute",
            "any number",
            SettingRules.WholeNumber(1, int.MaxValue)
        ),
        new(
            "Limits:RequestsPerSecond",
            "requests that an account may make in a second",
            "any number",
            SettingRules.WholeNumber(1, int.MaxValue)
        ),
        new(
            "Limits:ConcurrentRequests",
            "requests that the server works on at the same time; others wait",
            "one for each 8 MB of memory, at most 256",
            SettingRules.WholeNumber(1, 100_000)
        ),
        new(
            "Limits:ConcurrentRequestsPerAccount",
            "the same for one account",
            "a quarter of that",
            SettingRules.WholeNumber(1, 100_000)
        ),
        // 1024 is Npgsql's maximum.
        new(
            "Limits:DatabaseSeconds",
            "how long a request waits for the database",
            "10",
            SettingRules.WholeNumber(1, 1024)
        ),
    ];

    /// <summary>The server's own settings. Any other key in one of their sections is a mistake.</summary>
    public static readonly IReadOnlyList<Setting> Own =
    [
        .. ConnectionStrings,
        .. Accounts,
        .. Control,
        .. Hosts,
        .. Webhooks,
        .. Delivery,
        .. MessageLimits,
        .. Limits,
    ];

    /// <summary>Settings of ASP.NET Core and Serilog. Both have other keys too, which they check themselves.</summary>
    public static readonly IReadOnlyList<Setting> Framework =
    [
        new("urls", "where to listen (ASPNETCORE_URLS)", "http://localhost:8080", SettingRules.Addresses),
        new("http_ports", "ports to listen on, on every address (ASPNETCORE_HTTP_PORTS)", null, SettingRules.Ports),
        new("https_ports", "the same with TLS (ASPNETCORE_HTTPS_PORTS)", null, SettingRules.Ports),
        new("Kestrel:Endpoints:*:Url", "where to listen, with settings of its own", null, SettingRules.Address),
        new("Kestrel:Endpoints:*:Port", "", null, _ => "is not a setting: the endpoint's Url has the port"),
        new(
            "Kestrel:Certificates:Default:Path",
            "the certificate for https://…, with …:KeyPath or …:Password",
            null,
            SettingRules.Anything
        ),
        new("Serilog:MinimumLevel", "", null, SettingRules.LogLevel),
        new(
            "Serilog:MinimumLevel:Default",
            "the log's level: Information, Warning, …",
            "Information",
            SettingRules.LogLevel
        ),
        new("Serilog:MinimumLevel:Override:*", "the level of one part of the log", null, SettingRules.LogLevel),
        new(
            "Logging:LogLevel:*",
            "",
            null,
            _ => "has no effect here: Serilog__MinimumLevel__Default sets the log's level"
        ),
        new(
            "environment",
            "Development or Production (ASPNETCORE_ENVIRONMENT)",
            "Production; Development with dotnet run",
            SettingRules.Anything
        ),
    ];

    /// <summary>
    /// The first segments of the framework's keys that are allowed among the arguments and in appsettings.json.
    /// </summary>
    public static readonly IReadOnlyList<string> FrameworkSections =
    [
        "urls",
        "http_ports",
        "https_ports",
        "Kestrel",
        "Serilog",
        "Logging",
        "environment",
        "applicationName",
        "contentRoot",
        "webroot",
        "hostBuilder",
        "hostingStartupAssemblies",
        "hostingStartupExcludeAssemblies",
        "preventHostingStartup",
        "startupAssembly",
        "staticWebAssets",
        "captureStartupErrors",
        "detailedErrors",
        "suppressStatusMessages",
        "preferHostingUrls",
        "shutdownTimeoutSeconds",
        "forwardedHeaders_Enabled",
    ];

    /// <summary>The first segments of the server's own keys.</summary>
    public static readonly IReadOnlyList<string> Sections =
    [
        .. Own.Select(setting => setting.Key.Split(':')[0]).Distinct(),
    ];

    private static Setting Switch(string key, string meaning, string absent = "false") =>
        new(key, meaning, absent, SettingRules.Boolean) { IsNeverEmpty = true };
}
