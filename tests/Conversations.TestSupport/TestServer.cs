using System.Collections.Concurrent;
using Conversations.Api.Accounts;
using Conversations.Api.Configuration;
using Conversations.Api.Data;
using Conversations.Api.Webhooks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Conversations.TestSupport;

/// <summary>
/// The server on one database, listening on a free port of the loopback. Each database's server is started once for the run and shared by all
/// tests: every test has an account of its own, so none sees another's rows.
/// </summary>
public sealed class TestServer : WebApplicationFactory<Program>
{
    public static readonly IReadOnlyList<string> Senders = ["+15017122661", "whatsapp:+15017122661"];

    // More than there are test cases.
    private static readonly AccountOptions[] All =
    [
        .. Enumerable.Range(0, 10_000).Select(number => Account($"AC{number:x32}")),
    ];

    private static readonly AccountOptions[] AllWithSenders =
    [
        .. Enumerable.Range(All.Length, 100).Select(number => Account($"AC{number:x32}") with { Senders = Senders }),
    ];

    private static readonly ConcurrentDictionary<Store, Lazy<Task<TestServer>>> Started = new();

    private readonly (string Key, string Value)[] settings;

    private int accounts;

    private int accountsWithSenders;

    private TestServer((string Key, string Value)[] settings)
    {
        this.settings = settings;
        Command.Watch();
        UseKestrel(0);
    }

    public static Task<TestServer> OnAsync(Store store) => Started.GetOrAdd(store, s => new(() => StartAsync(s))).Value;

    /// <summary>A server of the caller's own, with settings the shared ones don't have, on a database in memory. The caller disposes of it.</summary>
    public static TestServer With(params (string Key, string Value)[] settings)
    {
        TestServer server = new([("ConnectionStrings:Sqlite", "Data Source=:memory:"), .. settings]);
        server.StartServer();
        return server;
    }

    public Uri Address => ClientOptions.BaseAddress;

    /// <summary>The SID of an account nobody else uses; its token is <see cref="TokenOf"/>, its API key <see cref="ApiKeyOf"/>.</summary>
    public Task<string> TakeAccountAsync() => SetUpAsync(All[Interlocked.Increment(ref accounts)]);

    /// <summary>The same, of an account that owns <see cref="Senders"/> and may use no other proxy or projected address.</summary>
    public Task<string> TakeAccountWithSendersAsync() =>
        SetUpAsync(AllWithSenders[Interlocked.Increment(ref accountsWithSenders)]);

    public static string TokenOf(string accountSid) => $"token{accountSid[2..]}";

    public static (string Sid, string Secret) ApiKeyOf(string accountSid) =>
        ($"SK{accountSid[2..]}", $"secret{accountSid[2..]}");

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("Serilog:MinimumLevel:Default", "Error");
        builder.UseSetting("Serilog:MinimumLevel:Override:Microsoft.Hosting.Lifetime", "Error");
        builder.UseSetting("Webhooks:FirstPauseSeconds", "0.1");

        // A receiver or a database on a busy machine is no slow one. Where a test wants one it says so.
        builder.UseSetting("Webhooks:TimeoutSeconds", "60");
        builder.UseSetting("Limits:DatabaseSeconds", "240");
        foreach (var (key, value) in settings)
        {
            builder.UseSetting(key, value);
        }

        // Not by settings: thousands of these take the test host's configuration half a minute. Their rows are made when a test takes one.
        builder.ConfigureServices(services =>
            services
                .AddSingleton<IReadOnlyList<AccountOptions>>([All[0]])
                .AddSingleton(new Credentials([.. All, .. AllWithSenders]))
                .AddSingleton(provider =>
                    ActivatorUtilities.CreateInstance<WebhookClient>(
                        provider,
                        (object)(AccountOptions[])[.. All, .. AllWithSenders]
                    )
                )
        );
    }

    private static AccountOptions Account(string sid) =>
        new()
        {
            Sid = sid,
            AuthToken = TokenOf(sid),
            ApiKeys = [new() { Sid = ApiKeyOf(sid).Sid, Secret = ApiKeyOf(sid).Secret }],
        };

    private async Task<string> SetUpAsync(AccountOptions account)
    {
        await using var scope = Services.CreateAsyncScope();
        await new AccountSetup(
            [account],
            scope.ServiceProvider.GetRequiredService<ConversationsDbContext>(),
            TimeProvider.System
        ).EnsureAsync(default);
        return account.Sid;
    }

    private static async Task<TestServer> StartAsync(Store store)
    {
        var server = new TestServer([
            store == Store.Sqlite
                ? ("ConnectionStrings:Sqlite", $"Data Source={TemporaryFile()};Default Timeout=120")
                : ("ConnectionStrings:Postgres", (await PostgresServer.StartAsync()).ConnectionString),
        ]);
        server.StartServer();
        return server;
    }

    private static string TemporaryFile()
    {
        var folder = Directory.CreateTempSubdirectory("conversations-sqlite-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return Path.Combine(folder, "conversations.db");
    }
}
