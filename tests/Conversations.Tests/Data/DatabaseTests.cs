using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Hosting;
using Conversations.Api.Wire;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Conversations.Tests.Data;

/// <summary>What the server adds to a connection string; it opens no connection here.</summary>
public sealed class DatabaseTests
{
    [Theory]
    [InlineData("", 200, true)]
    [InlineData(";Max Auto Prepare=10", 10, true)]
    [InlineData(";No Reset On Close=false", 200, false)]
    [InlineData(";MaxAutoPrepare=0;NoResetOnClose=false", 0, false)]
    public async Task Statements_are_kept_prepared_unless_the_connection_string_says_otherwise(
        string settings,
        int prepared,
        bool keptBetweenRequests
    )
    {
        var used = await PostgresAsync("Host=127.0.0.1;Database=conversations" + settings);

        Assert.Equal((prepared, keptBetweenRequests), (used.MaxAutoPrepare, used.NoResetOnClose));
    }

    [Fact]
    public async Task A_statement_and_a_connection_wait_as_long_as_the_limit_says_unless_the_connection_string_does()
    {
        Assert.Equal((10, 10, -1), Patience(await PostgresAsync("Host=a")));
        Assert.Equal((3, 3, -1), Patience(await PostgresAsync("Host=a", "3")));
        Assert.Equal(
            (4, 5, 6),
            Patience(await PostgresAsync("Host=a;Timeout=4;Command Timeout=5;Cancellation Timeout=6", "3"))
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

        static (int, int, int) Patience(NpgsqlConnectionStringBuilder settings) =>
            (settings.Timeout, settings.CommandTimeout, settings.CancellationTimeout);
    }

    [Fact]
    public async Task Of_several_hosts_the_one_that_takes_writes_is_looked_for()
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
    public void A_limit_that_is_no_number_of_seconds_is_a_mistake_in_the_configuration(string seconds)
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
