using Conversations.Api.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Conversations.Tests.Data;

public sealed class DatabaseTests
{
    [Theory]
    [InlineData("", 200, true)]
    [InlineData(";Max Auto Prepare=10", 10, true)]
    [InlineData(";No Reset On Close=false", 200, false)]
    [InlineData(";MaxAutoPrepare=0;NoResetOnClose=false", 0, false)]
    public async Task Statements_are_kept_prepared_unless_the_connection_string_says_otherwise(string settings, int prepared, bool keptBetweenRequests)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("ConnectionStrings:Postgres", "Host=127.0.0.1;Database=conversations" + settings)])
            .Build();
        await using var services = new ServiceCollection().AddDatabase(configuration).BuildServiceProvider();
        await using var scope = services.CreateAsyncScope();

        var used = new NpgsqlConnectionStringBuilder(scope.ServiceProvider.GetRequiredService<ConversationsDbContext>().Database.GetConnectionString());

        Assert.Equal((prepared, keptBetweenRequests), (used.MaxAutoPrepare, used.NoResetOnClose));
    }
}
