using System.Collections.Concurrent;
using Conversations.Api.Accounts;
using Conversations.Api.Configuration;
using Conversations.Api.ConversationWithParticipants;
using Conversations.Api.Data;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Conversations.TestSupport;

/// <summary>
/// The server on one database, listening on a free loopback port. Each database has one server for the whole run, which
/// all tests share. Every test has its own account, so no test sees rows of another.
/// </summary>
public sealed class TestServer : WebApplicationFactory<Program>
{
    public static readonly IReadOnlyList<string> Senders = ["+15017122661", "whatsapp:+15017122661"];

    // The account of the configuration. Tests add the others while the server runs.
    private static readonly string FirstAccountSid = $"AC{0:x32}";

    private static readonly ConcurrentDictionary<Store, Lazy<Task<TestServer>>> Started = new();

    private readonly (string Key, string Value)[] settings;

    private bool hasSender = true;

    private bool addsParticipants = true;

    private readonly TimeProvider clock;

    private int accounts;

    private TestServer((string Key, string Value)[] settings, TimeProvider clock)
    {
        (this.settings, this.clock) = (settings, clock);
        Command.Watch();
        UseKestrel();
    }

    public static Task<TestServer> OnAsync(Store store) => Started.GetOrAdd(store, s => new(() => StartAsync(s))).Value;

    /// <summary>
    /// A server for the caller alone, with additional settings, on a database in memory. The caller disposes of it.
    /// </summary>
    public static TestServer With(params (string Key, string Value)[] settings) => With(TimeProvider.System, settings);

    /// <summary>The same with another clock.</summary>
    public static TestServer With(TimeProvider clock, params (string Key, string Value)[] settings)
    {
        TestServer server = new([("ConnectionStrings:Sqlite", "Data Source=:memory:"), .. settings], clock);
        server.StartServer();
        return server;
    }

    /// <summary>
    /// The same on the database that the settings name, without background workers: events stay in the outbox, and
    /// timers expire only when a request meets them.
    /// </summary>
    public static TestServer WithoutSender(params (string Key, string Value)[] settings)
    {
        TestServer server = new(settings, TimeProvider.System) { hasSender = false };
        server.StartServer();
        return server;
    }

    /// <summary>
    /// The same on the database that the settings name, without the worker that adds the participants of new
    /// conversations: these stay initializing.
    /// </summary>
    public static TestServer WithoutSetups(params (string Key, string Value)[] settings)
    {
        TestServer server = new(settings, TimeProvider.System) { addsParticipants = false };
        server.StartServer();
        return server;
    }

    public Uri Address => ClientOptions.BaseAddress;

    /// <summary>
    /// Adds an account for the caller alone and returns its SID. See <see cref="TokenOf"/> and <see cref="ApiKeyOf"/>
    /// for its credentials.
    /// </summary>
    public Task<string> TakeAccountAsync() => AddAsync(NewAccount());

    /// <summary>
    /// The same for an account that owns <see cref="Senders"/> and may use no other proxy or projected address.
    /// </summary>
    public Task<string> TakeAccountWithSendersAsync() => AddAsync(NewAccount() with { Senders = Senders });

    public static string TokenOf(string accountSid) => $"token{accountSid[2..]}";

    public static (string Sid, string Secret) ApiKeyOf(string accountSid) =>
        ($"SK{accountSid[2..]}", $"secret{accountSid[2..]}");

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        // UseKestrel with a port sets it beside the program's start, which may be sooner.
        builder.UseSetting("urls", "http://127.0.0.1:0");
        builder.UseSetting("Serilog:MinimumLevel:Default", "Error");
        builder.UseSetting("Serilog:MinimumLevel:Override:Microsoft.Hosting.Lifetime", "Error");
        builder.UseSetting("Accounts:0:Sid", FirstAccountSid);
        builder.UseSetting("Accounts:0:AuthToken", TokenOf(FirstAccountSid));
        builder.UseSetting("Webhooks:FirstPauseSeconds", "0.1");

        // Tests of deliveries make the steps when they want them.
        builder.UseSetting("Delivery:StepSeconds", "86400");

        // Long timeouts, because a receiver or database on a busy machine may be slow. Tests of timeouts set their own.
        builder.UseSetting("Webhooks:TimeoutSeconds", "60");
        builder.UseSetting("Limits:DatabaseSeconds", "240");
        foreach (var (key, value) in settings)
        {
            builder.UseSetting(key, value);
        }

        builder.ConfigureServices(services =>
        {
            foreach (var service in services.Where(IsRemoved).ToList())
            {
                services.Remove(service);
            }
        });
        builder.ConfigureServices(services => services.AddSingleton(clock));
    }

    private bool IsRemoved(ServiceDescriptor service)
    {
        var type = service.ImplementationType ?? service.ImplementationFactory?.Method.ReturnType;
        return service.ServiceType == typeof(IHostedService)
            && (
                hasSender
                    ? !addsParticipants && type == typeof(ConversationSetupWorker)
                    : type?.IsAssignableTo(typeof(BackgroundWorker)) == true
            );
    }

    private AccountOptions NewAccount()
    {
        var sid = $"AC{Interlocked.Increment(ref accounts):x32}";
        return new()
        {
            Sid = sid,
            AuthToken = TokenOf(sid),
            ApiKeys = [new() { Sid = ApiKeyOf(sid).Sid, Secret = ApiKeyOf(sid).Secret }],
        };
    }

    private async Task<string> AddAsync(AccountOptions account)
    {
        Services.GetRequiredService<AccountDirectory>().Add(account);
        await using var scope = Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<AccountSetup>().EnsureAsync([account], default);
        return account.Sid;
    }

    private static async Task<TestServer> StartAsync(Store store)
    {
        var server = new TestServer(
            [
                store == Store.Sqlite
                    ? ("ConnectionStrings:Sqlite", $"Data Source={TemporaryFile()};Default Timeout=120")
                    : ("ConnectionStrings:Postgres", (await PostgresServer.StartAsync()).ConnectionString),
            ],
            TimeProvider.System
        );
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
