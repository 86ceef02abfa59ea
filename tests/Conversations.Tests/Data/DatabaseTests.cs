using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Hosting;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Conversations.Tests.Data;

/// <summary>The settings that the server adds to a connection string. No test here opens a connection.</summary>
public sealed class DatabaseTests
{
    [Theory]
    [InlineData("", 200, true)]
    [InlineData(";Max Auto Prepare=10", 10, true)]
    [InlineData(";No Reset On Close=false", 200, false)]
    [InlineData(";MaxAutoPrepare=0;NoResetOnClose=false", 0, false)]
    public async Task Statements_stay_prepared_unless_the_connection_string_overrides_it(
        string settings,
        int prepared,
        bool keptBetweenRequests
    )
    {
        var used = await PostgresAsync("Host=127.0.0.1;Database=conversations" + settings);

        Assert.Equal((prepared, keptBetweenRequests), (used.MaxAutoPrepare, used.NoResetOnClose));
    }

    [Fact]
    public async Task The_database_limit_sets_all_timeouts_that_the_connection_string_leaves_open()
    {
        Assert.Equal((10, 10, -1), Timeouts(await PostgresAsync("Host=a")));
        Assert.Equal((3, 3, -1), Timeouts(await PostgresAsync("Host=a", "3")));
        Assert.Equal(
            (4, 5, 6),
            Timeouts(await PostgresAsync("Host=a;Timeout=4;Command Timeout=5;Cancellation Timeout=6", "3"))
        );
        Assert.Contains(
            "Default Timeout=10",
            await ConnectionStringAsync("Sqlite", "Data Source=a.db"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Default Timeout=4",
            await ConnectionStringAsync("Sqlite", "Data Source=a.db;Command Timeout=4", "3"),
            StringComparison.Ordinal
        );

        static (int, int, int) Timeouts(NpgsqlConnectionStringBuilder settings) =>
            (settings.Timeout, settings.CommandTimeout, settings.CancellationTimeout);
    }

    [Fact]
    public async Task Several_hosts_lead_to_the_one_that_accepts_writes()
    {
        Assert.Null((await PostgresAsync("Host=a")).TargetSessionAttributes);
        Assert.Equal(("read-write", 1), Search(await PostgresAsync("Host=a,b:5433")));
        Assert.Equal(
            ("primary", 9),
            Search(await PostgresAsync("Host=a,b;Target Session Attributes=primary;Host Recheck Seconds=9"))
        );

        static (string?, int) Search(NpgsqlConnectionStringBuilder settings) =>
            (settings.TargetSessionAttributes, settings.HostRecheckSeconds);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("2.5")]
    [InlineData("soon")]
    [InlineData("1025")]
    public void A_limit_that_is_not_a_number_of_seconds_is_a_configuration_error(string seconds)
    {
        using ConfigurationManager configuration = new();
        configuration["Limits:DatabaseSeconds"] = seconds;

        Assert.Equal(
            "Limits__DatabaseSeconds must be a whole number from 1 to 1024.",
            Assert.Throws<ConfigurationException>(new ConfigurationCheck(configuration).Check).Message
        );
    }

    private static async Task<NpgsqlConnectionStringBuilder> PostgresAsync(
        string connectionString,
        string seconds = ""
    ) => new(await ConnectionStringAsync("Postgres", connectionString, seconds));

    private static async Task<string> ConnectionStringAsync(string store, string connectionString, string seconds = "")
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([
                new($"ConnectionStrings:{store}", connectionString),
                new("Limits:DatabaseSeconds", seconds),
            ])
            .Build();
        await using var services = new ServiceCollection()
            .AddDatabase(configuration, LimitOptions.Of(configuration).DatabaseSeconds)
            .BuildServiceProvider();
        await using var scope = services.CreateAsyncScope();
        return scope.ServiceProvider.GetRequiredService<ConversationsDbContext>().Database.GetConnectionString()!;
    }
}
