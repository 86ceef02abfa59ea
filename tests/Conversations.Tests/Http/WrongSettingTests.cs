using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Conversations.Api.Hosting;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Conversations.Tests.Http;

/// <summary>
/// Each mistake in the configuration: one sentence on standard error that names the setting, and exit code 1. Nothing
/// else is printed, and the server never listens.
/// </summary>
public sealed class WrongSettingTests
{
    private const string Sid = "AC0123456789abcdef0123456789abcdef";

    private const string Token = "0123456789abcdef0123456789abcdef";

    private const string Key = "SK0123456789abcdef0123456789abcdef";

    // The correct settings that every case extends or replaces.
    private static readonly (string Name, string Value)[] Correct =
    [
        ("Accounts__0__Sid", Sid),
        ("Accounts__0__AuthToken", Token),
        ("ASPNETCORE_URLS", "http://127.0.0.1:0"),
        ("ConnectionStrings__Sqlite", "Data Source=:memory:"),
    ];

    [Theory]
    [InlineData("Accounts__0__Sid", "AC1")]
    [InlineData("Accounts__0__Sid", "")]
    [InlineData("Accounts__0__Sid", "ACzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("Accounts__0__AuthToken", "")]
    [InlineData("Accounts__0__AuthToken", "x")]
    [InlineData("Accounts__0__AuthToken", "fifteen-letters")]
    [InlineData("Accounts__0__AuthToken", Token + " ")]
    [InlineData("Accounts__0__AuthToken", Token + "\n")]
    [InlineData("Accounts__0__AuthToken", ServerProcess.AuthToken)]
    [InlineData("Accounts__7__Sid", "AC1", "Accounts__7__AuthToken=" + Token)]
    [InlineData("Accounts__1__Sid", Sid, "Accounts__1__AuthToken=" + Token)]
    [InlineData("Accounts__0__ApiKeys__0__Sid", "SK1", "Accounts__0__ApiKeys__0__Secret=" + Token)]
    [InlineData("Accounts__0__ApiKeys__0__Sid", "", "Accounts__0__ApiKeys__0__Secret=" + Token)]
    [InlineData("Accounts__0__ApiKeys__0__Secret", "", "Accounts__0__ApiKeys__0__Sid=" + Key)]
    [InlineData("Accounts__0__ApiKeys__0__Secret", "x", "Accounts__0__ApiKeys__0__Sid=" + Key)]
    [InlineData("Accounts__0__ApiKeys__0__Secret", ServerProcess.AuthToken, "Accounts__0__ApiKeys__0__Sid=" + Key)]
    [InlineData("Accounts__0__ApiKeys__4__Sid", "SK1", "Accounts__0__ApiKeys__4__Secret=" + Token)]
    [InlineData("Accounts__0__Senders__0", "banana")]
    [InlineData("Accounts__0__Senders__0", "")] // Would allow every address.
    [InlineData("Accounts__0__Senders__0", "5017122661")]
    [InlineData("Accounts__0__Senders__2", " 15017122661")]
    [InlineData("Accounts__0__Senders__0", "+1 501 712 2661")]
    [InlineData("Accounts__0__Senders__0", "telegram:+15017122661")]
    public Task A_wrong_account_is_named(string name, string value, params string[] others) =>
        AssertNamedAsync(name, value, others);

    [Theory]
    [InlineData("PublicUrl", "banana")]
    [InlineData("PublicUrl", "/api")]
    [InlineData("PublicUrl", "conversations.example.com")]
    [InlineData("PublicUrl", "ftp://conversations.example.com")]
    [InlineData("PublicUrl", "https://conversations.example.com?x=1")]
    [InlineData("PublicUrl", "https://conversations.example.com/#x")]
    [InlineData("PublicUrl", "https://user:password@conversations.example.com")]
    [InlineData("PublicUrl", " https://conversations.example.com")]
    [InlineData("PublicUrl", "https://conversations.example.com\n")]
    [InlineData("PublicUrl", "https://conversations.example.com/%zz")]
    [InlineData("PublicUrl", "https://bücher.example")]
    [InlineData("AllowedHosts", "http://conversations.example.com")]
    [InlineData("AllowedHosts", "conversations.example.com:8080")]
    [InlineData("TrustedProxies__0", "10")] // .NET reads 0.0.0.10.
    [InlineData("TrustedProxies__0", "010.0.0.1")]
    [InlineData("TrustedProxies__0", "10.0.0.0/99")]
    [InlineData("TrustedProxies__0", "proxy.example.com")]
    [InlineData("TrustedProxies__1", "10.0.0.0/")]
    [InlineData("TrustedProxies", "10.0.0.0/8")]
    [InlineData("Webhooks__AllowedNetworks__0", "10.0.0.0/99")]
    [InlineData("Webhooks__AllowedNetworks__0", "banana")]
    [InlineData("Webhooks__AllowedNetworks__3", "10.0.0.0/-1")]
    [InlineData("Webhooks__AllowedNetworks", "10.0.0.0/8")]
    [InlineData("Webhooks__AllowedHosts__0", "http://receiver.example.com")]
    [InlineData("Webhooks__AllowedHosts__0", "receiver.example.com:3000")]
    [InlineData("Webhooks__AllowedHosts__0", "*.example.com")]
    [InlineData("Webhooks__AllowedHosts__0", "aאb.example")]
    [InlineData("Webhooks__AllowedHosts__0", "")] // Would allow every host.
    [InlineData("Webhooks__TimeoutSeconds", "0")]
    [InlineData("Webhooks__TimeoutSeconds", "-1")]
    [InlineData("Webhooks__TimeoutSeconds", "five")]
    [InlineData("Webhooks__TimeoutSeconds", "NaN")]
    [InlineData("Webhooks__TimeoutSeconds", "1e300")]
    [InlineData("Webhooks__TimeoutSeconds", "5s")]
    [InlineData("Webhooks__MaxAttempts", "0")]
    [InlineData("Webhooks__MaxAttempts", "-1")]
    [InlineData("Webhooks__MaxAttempts", "1.5")]
    [InlineData("Webhooks__MaxAttempts", "99999999999")]
    [InlineData("Webhooks__MaxAttempts", "2147483647")]
    [InlineData("Webhooks__FirstPauseSeconds", "-1")]
    [InlineData("Webhooks__FirstPauseSeconds", "one")]
    [InlineData("Webhooks__FirstPauseSeconds", "1e18")]
    [InlineData("Webhooks__PostOnly", "ja")]
    [InlineData("Accounts__Any", "perhaps")]
    [InlineData("Control__Enabled", "on")]
    [InlineData("Control__Journal", "")]
    [InlineData("Delivery__StepSeconds", "-0.4")]
    [InlineData("Delivery__StepSeconds", "86401")]
    [InlineData("Delivery__StepSeconds", "")]
    [InlineData("Delivery__WhatsAppReads", "1")]
    [InlineData("Delivery__Outcomes__0__Address", "5558675310", "Delivery__Outcomes__0__ErrorCode=30003")]
    [InlineData("Delivery__Outcomes__0", "", "Delivery__Outcomes__0__ErrorCode=30003")] // No Address.
    [InlineData("Delivery__Outcomes__2__Status", "lost", "Delivery__Outcomes__2__Address=+15558675310")]
    [InlineData("Delivery__Outcomes__0__ErrorCode", "9999", "Delivery__Outcomes__0__Address=+15558675310")]
    [InlineData("Delivery__Outcomes__0", "", "Delivery__Outcomes__0__Address=+15558675310")] // No ErrorCode.
    [InlineData("Limits__MessageBodyBytes", "0")]
    [InlineData("Limits__MessageBodyBytes", "1048577")]
    [InlineData("Limits__MessageAttributesBytes", "4096.0")]
    [InlineData("Limits__MessageWritesPerSecond", "0")]
    [InlineData("Limits__ParticipantAttributesBytes", "0")]
    [InlineData("Limits__ParticipantAttributesBytes", "-4096")]
    [InlineData("Limits__ParticipantAttributesBytes", "4 KB")]
    [InlineData("Limits__ParticipantAttributesBytes", "2147483647")]
    [InlineData("Limits__FailedAttemptsPerMinute", "ten")]
    [InlineData("Limits__FailedAttemptsPerMinute", "0")]
    [InlineData("Limits__RequestsPerSecond", "0")]
    [InlineData("Limits__RequestsPerSecond", "99999999999")]
    [InlineData("Limits__RequestsPerSecond", "0.5")]
    [InlineData("Limits__ConcurrentRequests", "0")]
    [InlineData("Limits__ConcurrentRequestsPerAccount", "100001")]
    [InlineData("Limits__DatabaseSeconds", "0")]
    [InlineData("Limits__DatabaseSeconds", "1025")]
    [InlineData("Serilog__MinimumLevel__Default", "Inform")]
    [InlineData("Serilog__MinimumLevel", "Loud")]
    [InlineData("Serilog__MinimumLevel__Override__Microsoft", "Info")]
    [InlineData("Serilog__Using__0", "Serilog.Sinks.Nothing")]
    [InlineData("Serilog__WriteTo__0__Name", "Fiel")]
    [InlineData("Logging__LogLevel__Default", "Debug")]
    public Task An_invalid_value_is_named(string name, string value, params string[] others) =>
        AssertNamedAsync(name, value, others);

    [Theory]
    [InlineData("Accounts__0__Token", Token)]
    [InlineData("Accounts__Sid", Sid)]
    [InlineData("Accounts__0__ApiKeys__0__Key", Key)]
    [InlineData("Accounts__0__ApiKeys", Key)]
    [InlineData("Accounts__0__Senders", "+15017122661")]
    [InlineData("Webhooks__Timeout", "5")]
    [InlineData("Webhooks__TimeoutSeconds__0", "5")]
    [InlineData("Limits__RequestPerSecond", "5")]
    [InlineData("ConnectionStrings__Postgress", "Host=127.0.0.1")]
    [InlineData("ConnectionStrings__MySql", "Server=127.0.0.1")]
    [InlineData("PublicUrl__0", "https://conversations.example.com")]
    [InlineData("ConnectionString__Postgres", "Host=127.0.0.1")] // Would silently use a SQLite file.
    [InlineData("ConnectionStrings_Postgres", "Host=127.0.0.1")]
    [InlineData("Account__0__Sid", Sid)]
    [InlineData("Limits_RequestsPerSecond", "5")]
    [InlineData("Webhook__AllowedNetworks__0", "10.0.0.0/8")]
    public Task An_unknown_setting_is_named(string name, string value, params string[] others) =>
        AssertNamedAsync(name, value, others);

    [Theory]
    [InlineData("ConnectionStrings__Sqlite", "Data Source=:memory:;Default Timeout=-1")]
    [InlineData("ConnectionStrings__Sqlite", "Data Source=:memory:;Default Timeout=2147483647")]
    [InlineData("ConnectionStrings__Sqlite", "Data Source=a\nb.db")]
    [InlineData("ConnectionStrings__Sqlite", "file:/dev/null?mode=ro")]
    [InlineData("ConnectionStrings__Sqlite", "file:a%00b.db")]
    [InlineData("ConnectionStrings__Sqlite", "file:?cache=private")]
    [InlineData("ConnectionStrings__Postgres", "")]
    [InlineData("ConnectionStrings__Postgres", " ")]
    [InlineData("ConnectionStrings__Postgres", "Host")]
    [InlineData("ConnectionStrings__Postgres", "Username=x;Database=x")]
    [InlineData("ConnectionStrings__Postgres", "Host=127.0.0.1;Prot=1")]
    [InlineData("ConnectionStrings__Postgres", "Host=127.0.0.1;Port=abc")]
    [InlineData("ConnectionStrings__Postgres", "Host=127.0.0.1;Port=99999")]
    [InlineData("ConnectionStrings__Postgres", "Host=127.0.0.1;SSL Mode=banana")]
    [InlineData("ConnectionStrings__Postgres", "Host=127.0.0.1;Port=1;Username=x;Database=x")]
    [InlineData("ConnectionStrings__Postgres", "Host=127.0.0.1;Port=1;Username=x;Database=x;Maximum Pool Size=0")]
    [InlineData("ConnectionStrings__Postgres", "Host=name.invalid;Username=x;Database=x")]
    [InlineData(
        "ConnectionStrings__Postgres",
        "Host=127.0.0.1;Port=1;Username=x;Database=x;SSL Mode=VerifyFull;Root Certificate=/nowhere/root.pem"
    )]
    [InlineData("ConnectionStrings__Postgres", "mysql://x@127.0.0.1/x")]
    [InlineData("ConnectionStrings__Postgres", "postgresql://x@127.0.0.1:port/x")]
    [InlineData("ConnectionStrings__Postgres", "postgresql://x@127.0.0.1:1/x?flavour=strawberry")]
    [InlineData("ConnectionStrings__Postgres", "postgresql://x@127.0.0.1:1/x?sslmode=strawberry")]
    [InlineData("ConnectionStrings__Postgres", "postgresql://x:%zz@127.0.0.1:1/x")]
    [InlineData("ConnectionStrings__Postgres", "postgresql://x@127.0.0.1:1/x")]
    [InlineData("ConnectionStrings__Sqlite", "")]
    [InlineData("ConnectionStrings__Sqlite", "Data Source=")]
    [InlineData("ConnectionStrings__Sqlite", "Cache=Shared")]
    [InlineData("ConnectionStrings__Sqlite", "Data Source=x.db;Flavour=strawberry")]
    [InlineData("ConnectionStrings__Sqlite", "Data Source=x.db;Mode=banana")]
    [InlineData("ConnectionStrings__Sqlite", "Data Source=x.db;Password=secret")]
    [InlineData("ConnectionStrings__Sqlite", "Data Source=x.db;Mode=ReadOnly")]
    [InlineData("ConnectionStrings__Sqlite", "Data Source=/nowhere/conversations.db")]
    [InlineData("ConnectionStrings__Sqlite", "/nowhere/conversations.db")]
    [InlineData("ConnectionStrings__Sqlite", "Data Source=/proc/conversations.db")] // Even root cannot write there.
    [InlineData("ConnectionStrings__Sqlite", "Data Source=/tmp")]
    [InlineData("ConnectionStrings__Sqlite", "postgresql://x@127.0.0.1/x")]
    [InlineData("ConnectionStrings__Sqlite", "Host=127.0.0.1;Username=x;Database=x")]
    public Task An_unusable_connection_string_is_named(string name, string value, params string[] others) =>
        AssertNamedAsync(name, value, others);

    [Theory]
    [InlineData("ASPNETCORE_URLS", "banana")]
    [InlineData("ASPNETCORE_URLS", "8080")]
    [InlineData("ASPNETCORE_URLS", "ftp://127.0.0.1:0")]
    [InlineData("ASPNETCORE_URLS", "http://127.0.0.1:99999")]
    [InlineData("ASPNETCORE_URLS", "http://127.0.0.1:port")]
    [InlineData("ASPNETCORE_URLS", "http://127.0.0.1:0/path")]
    [InlineData("ASPNETCORE_URLS", "http://203.0.113.5:8080")] // Not an address of this machine.
    // Would silently use every address of this machine.
    [InlineData("ASPNETCORE_URLS", "http://conversations.example.com:0")]
    [InlineData("ASPNETCORE_URLS", "http://127.0.0.1:0;banana")]
    [InlineData("ASPNETCORE_HTTP_PORTS", "http", "ASPNETCORE_URLS=")]
    [InlineData("ASPNETCORE_HTTP_PORTS", "99999", "ASPNETCORE_URLS=")]
    [InlineData("ASPNETCORE_HTTPS_PORTS", "-1", "ASPNETCORE_URLS=")]
    [InlineData("Kestrel__Certificates__Default__Path", "", "ASPNETCORE_URLS=https://127.0.0.1:0")]
    [InlineData("Kestrel__Certificates__Default__Path", "", "ASPNETCORE_HTTPS_PORTS=0", "ASPNETCORE_URLS=")]
    [InlineData("Kestrel__Certificates__Default__Path", "/nowhere/cert.pem", "ASPNETCORE_URLS=https://127.0.0.1:0")]
    [InlineData("Kestrel__Certificates__Default__Path", "/proc/version", "ASPNETCORE_URLS=https://127.0.0.1:0")]
    [InlineData("Kestrel__Endpoints__Http__Url", "banana")]
    [InlineData("Kestrel__Endpoints__Http__Url", "http://203.0.113.5:8080", "ASPNETCORE_URLS=")]
    [InlineData("Kestrel__Endpoints__Http__Port", "8080")]
    public Task An_unusable_address_is_named(string name, string value, params string[] others) =>
        AssertNamedAsync(name, value, others);

    [Theory]
    [InlineData("--flavour", "--flavour=strawberry")]
    [InlineData("--flavour", "--flavour", "strawberry")]
    [InlineData("flavour", "flavour=strawberry")]
    [InlineData("--urls", "--urls")]
    [InlineData("--urls", "--urls", "--environment=Production")]
    [InlineData("-x", "-x")]
    [InlineData("-x", "-x=1")]
    [InlineData("strawberry", "strawberry")]
    [InlineData("strawberry", "--Webhooks:PostOnly=true", "strawberry")]
    [InlineData("webhooks strawberry", "webhooks", "strawberry")]
    [InlineData("webhooks resend all", "webhooks", "resend", "all")]
    [InlineData("--Webhooks:Timeout", "--Webhooks:Timeout=5")]
    [InlineData("--contentRoot", "--contentRoot=/nowhere")]
    public async Task An_invalid_argument_is_named(string name, params string[] arguments) =>
        AssertNamed(name, await ServerProcess.EndAsync(folder: null, Correct, arguments));

    [Fact]
    public void Every_setting_has_a_case()
    {
        var named = typeof(WrongSettingTests)
            .GetMethods()
            .SelectMany(
                method => method.GetCustomAttributes<InlineDataAttribute>(),
                (method, data) => data.GetData(method)
            )
            .SelectMany(cases => cases)
            .Select(values => $"{values[0]}".Replace("__", ":", StringComparison.Ordinal))
            .ToList();

        Assert.Empty(Settings.Own.Where(setting => !named.Exists(setting.Matches)).Select(setting => setting.Key));
    }

    [Fact]
    public async Task An_argument_with_the_name_of_a_variable_is_told_how_to_write_it()
    {
        var ended = await ServerProcess.EndAsync(folder: null, Correct, "--Webhooks__TimeoutSeconds=5");

        AssertNamed("--Webhooks__TimeoutSeconds", ended);
        Assert.Contains("As an argument it is --Webhooks:TimeoutSeconds.", ended.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("appsettings.json", "{")]
    [InlineData("Webhook", """{"Webhook":{"TimeoutSeconds":5}}""")]
    [InlineData("Limits__Requests", """{"Limits":{"Requests":5}}""")]
    [InlineData("Limits__DatabaseSeconds", """{"Limits":{"DatabaseSeconds":0}}""")]
    [InlineData("Accounts__1__Sid", """{"Accounts":[{},{"Sid":"AC1","AuthToken":"0123456789abcdef"}]}""")]
    public async Task A_mistake_in_appsettings_json_is_named(string name, string json)
    {
        var folder = Directory.CreateTempSubdirectory("conversations-settings-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "appsettings.json"), json);

        AssertNamed(name, await ServerProcess.EndAsync(folder, Correct));

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_port_in_use_is_reported_in_one_sentence()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";

        var ended = await EndAsync(("ASPNETCORE_URLS", address));

        AssertNamed("ASPNETCORE_URLS", ended);
        Assert.Contains(address, ended.Errors, StringComparison.Ordinal);
        AssertNamed(
            "Kestrel__Endpoints__Http__Url",
            await EndAsync(("Kestrel__Endpoints__Http__Url", address), ("ASPNETCORE_URLS", ""))
        );
    }

    [Fact]
    public async Task The_account_settings_are_named_when_no_account_is_configured()
    {
        var ended = await ServerProcess.EndAsync(folder: null, [("ConnectionStrings__Sqlite", "Data Source=:memory:")]);

        AssertNamed("Accounts__0__Sid", ended);
        AssertNamed("Accounts__0__AuthToken", ended);
        AssertNamed(
            "Accounts__0__Sid",
            await ServerProcess.EndAsync(
                folder: null,
                [("ASPNETCORE_ENVIRONMENT", "Development"), ("Accounts__0__Senders__0", "+15017122661")]
            )
        );
    }

    [Theory]
    [InlineData("CREATE TABLE invoices (id INTEGER PRIMARY KEY)")]
    [InlineData("CREATE TABLE accounts (id INTEGER PRIMARY KEY)")]
    [InlineData(
        "CREATE TABLE __EFMigrationsHistory (MigrationId TEXT PRIMARY KEY, ProductVersion TEXT);"
            + "INSERT INTO __EFMigrationsHistory VALUES ('20200101000000_Other', '8.0.0')"
    )]
    public async Task A_SQLite_file_of_another_program_is_named_and_not_changed(string sql)
    {
        var file = Path.GetTempFileName();
        await ExecuteAsync(file, sql);
        var before = await TablesAsync(file);

        var ended = await EndAsync(("ConnectionStrings__Sqlite", file));

        AssertNamed("ConnectionStrings__Sqlite", ended);
        Assert.Contains(file, ended.Errors, StringComparison.Ordinal);
        Assert.Equal(before, await TablesAsync(file));
        File.Delete(file);
    }

    [Fact]
    public async Task A_damaged_SQLite_file_is_named()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, string.Concat(Enumerable.Repeat("this is no database ", 1000)));
        AssertNamed("ConnectionStrings__Sqlite", await EndAsync(("ConnectionStrings__Sqlite", file)));

        File.Delete(file);
        var folder = Directory.CreateTempSubdirectory("conversations-damaged-").FullName;
        await using (await ServerProcess.StartAsync(folder)) { }

        // The first page stays, so that the file is still a database.
        file = Path.Combine(folder, "conversations.db");
        SqliteConnection.ClearAllPools();
        await ExecuteAsync(file, "PRAGMA wal_checkpoint(TRUNCATE)");
        await using (var stream = File.OpenWrite(file))
        {
            stream.Seek(4096, SeekOrigin.Begin);
            stream.Write(new byte[stream.Length - 4096].AsSpan());
        }

        AssertNamed("ConnectionStrings__Sqlite", await EndAsync(("ConnectionStrings__Sqlite", file)));
        Directory.Delete(folder, recursive: true);
    }

    [NeedsPostgres]
    public async Task A_missing_PostgreSQL_permission_is_named()
    {
        await using var postgres = await PostgresServer.StartAsync();
        var role = $"role_{Guid.NewGuid():N}";
        await postgres.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'right'");
        NpgsqlConnectionStringBuilder settings = new(postgres.ConnectionString) { Username = role, Password = "right" };
        try
        {
            await AssertRefusedAsync(settings.ConnectionString, "permission denied for schema");

            NpgsqlConnectionStringBuilder missing = new(settings.ConnectionString)
            {
                Database = $"missing_{Guid.NewGuid():N}",
            };
            await AssertRefusedAsync(missing.ConnectionString, "permission denied to create database");

            // A role that may not read the tables of another role's server.
            await using (
                await ServerProcess.StartAsync(null, ("ConnectionStrings__Postgres", postgres.ConnectionString))
            ) { }

            await AssertRefusedAsync(settings.ConnectionString, "permission denied for table");

            settings.Username = $"nobody_{Guid.NewGuid():N}";
            await AssertRefusedAsync(settings.ConnectionString, settings.Username);
        }
        finally
        {
            await postgres.ExecuteAsync($"DROP ROLE {role}");
        }

        static async Task AssertRefusedAsync(string given, string reason) =>
            AssertNamed("ConnectionStrings__Postgres", await EndAsync(("ConnectionStrings__Postgres", given)), reason);
    }

    [NeedsPostgres]
    public async Task A_PostgreSQL_database_that_has_a_table_of_the_same_name_is_named()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using (NpgsqlConnection connection = new(postgres.ConnectionString))
        {
            await connection.OpenAsync();
            await using NpgsqlCommand create = new("CREATE TABLE accounts (id integer)", connection);
            await create.ExecuteNonQueryAsync();
        }

        var ended = await EndAsync(("ConnectionStrings__Postgres", postgres.ConnectionString));

        AssertNamed("ConnectionStrings__Postgres", ended, "accounts");
    }

    [NeedsOwnPostgres]
    public async Task A_wrong_PostgreSQL_password_is_named_and_not_shown()
    {
        // The files in the server's folder belong to another user.
        var rules = Path.Combine(Directory.CreateTempSubdirectory("conversations-hba-").FullName, "hba.conf");
        await File.WriteAllTextAsync(
            rules,
            "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        );
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.GetDirectoryName(rules)!, (UnixFileMode)0b111_101_101);
        }

        await using var postgres = await PostgresServer.StartOwnAsync($"hba_file = '{rules}'\n");
        await postgres.ExecuteAsync("CREATE ROLE somebody LOGIN PASSWORD 'right'");
        NpgsqlConnectionStringBuilder settings = new(postgres.ConnectionString)
        {
            Username = "somebody",
            Password = "the-wrong-one",
        };

        var url = $"postgresql://somebody:the-wrong-one@{settings.Host}:{settings.Port}/{settings.Database}";
        foreach (var given in new[] { settings.ConnectionString, url })
        {
            var ended = await EndAsync(("ConnectionStrings__Postgres", given));

            AssertNamed("ConnectionStrings__Postgres", ended);
            Assert.DoesNotContain("the-wrong-one", ended.Output, StringComparison.Ordinal);
        }

        Directory.Delete(Path.GetDirectoryName(rules)!, recursive: true);
    }

    private static async Task AssertNamedAsync(string name, string value, string[] others)
    {
        var more = others.Select(pair => pair.Split('=', 2)).Select(pair => (pair[0], pair[1]));

        var ended = await EndAsync([(name, value), .. more]);

        AssertNamed(name, ended);
        Assert.All(
            new[] { Token, ServerProcess.AuthToken },
            token => Assert.DoesNotContain(token, ended.Output, StringComparison.Ordinal)
        );
    }

    private static Task<Ended> EndAsync(params (string Name, string Value)[] settings) =>
        ServerProcess.EndAsync(
            folder: null,
            [.. Correct.Where(pair => settings.All(setting => setting.Name != pair.Name)), .. settings]
        );

    private static void AssertNamed(string name, Ended ended, string? also = null)
    {
        Assert.True(ended.Code == 1, $"Exit code {ended.Code}:\n{ended.Output}");
        Assert.Contains(name, ended.Errors, StringComparison.Ordinal);
        Assert.Contains(also ?? "", ended.Errors, StringComparison.Ordinal);
        Assert.Single(ended.Errors.Split('\n'));
        Assert.EndsWith(".", ended.Errors, StringComparison.Ordinal);
        Assert.Equal(ended.Errors, ended.Output);
    }

    private static async Task ExecuteAsync(string file, string sql)
    {
        await using SqliteConnection connection = new($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<IReadOnlyList<string>> TablesAsync(string file)
    {
        await using SqliteConnection connection = new($"Data Source={file};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_master ORDER BY name";
        await using var reader = await command.ExecuteReaderAsync();
        List<string> names = [];
        while (await reader.ReadAsync())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
