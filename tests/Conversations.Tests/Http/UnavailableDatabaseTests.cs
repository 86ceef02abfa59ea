using System.Net;
using Conversations.Api.Errors;
using Npgsql;

namespace Conversations.Tests.Http;

public sealed class UnavailableDatabaseTests
{
    [NeedsPostgres]
    public async Task A_server_answers_503_while_the_database_is_unavailable_and_recovers_afterwards()
    {
        await using var postgres = await PostgresServer.StartAsync();
        var settings = new NpgsqlConnectionStringBuilder(postgres.ConnectionString);
        using DatabaseRelay relay = new(settings.Host!, settings.Port);
        (settings.Host, settings.Port) = ("127.0.0.1", relay.Port);
        await using var server = await ServerProcess.StartAsync(
            folder: null,
            ("ConnectionStrings__Postgres", settings.ConnectionString)
        );
        var conversation = (await server.PostAsync("/v1/Conversations", ("UniqueName", "personal-1"))).Created()["sid"];
        var participants = $"/v1/Conversations/{conversation}/Participants";

        relay.Shut();
        Answer[] answers =
        [
            await server.PostAsync(participants, ("Identity", "personal-2"), ("Attributes", "\"personal-3\"")),
            await server.PostAsync(
                participants,
                ("MessagingBinding.Address", "+15005550123"),
                ("MessagingBinding.ProxyAddress", "+15005550124")
            ),
            await server.GetAsync($"{participants}/personal-4"),
            await server.GetAsync("/v1/Conversations/personal-1/Participants?PageSize=1"),
            await server.SendAsync(new(HttpMethod.Delete, $"/v1/Conversations/{conversation}")),
        ];
        Assert.All(
            answers,
            answer =>
            {
                answer.Is(TwilioErrors.ServiceUnavailable);
                Assert.Equal("1", answer.Headers.RetryAfter?.ToString());
            }
        );
        var ready = await server.GetAsync("/health/ready");
        Assert.Equal((503, "Unhealthy"), ((int)ready.Status, ready.Text));
        Assert.Equal("Healthy", (await server.GetAsync("/health/live")).Ok().Text);
        (await server.GetAsync("/v1/nope")).Is(TwilioErrors.NotFound("/nope"));

        relay.Open();
        await Task.Delay(TimeSpan.FromSeconds(1)); // The last check is valid for a second.
        Assert.Equal("Healthy", (await server.GetAsync("/health/ready")).Ok().Text);

        // The request that got 503 was not stored.
        Assert.Empty((await server.GetAsync(participants)).Ok().Body["participants"]!.AsArray());
        (await server.PostAsync(participants, ("Identity", "personal-2"))).Created();

        await AssertRecoversFromClosedConnectionsAsync(server, postgres.ConnectionString, participants);

        await LoggingTests.AssertLoggedAsync(
            server,
            answers[0],
            "POST v1/Conversations/{ConversationSid}/Participants 503 20503 Service unavailable"
        );
        LoggingTests.AssertNothingPersonal(server.Output);
    }

    // The next user of a connection notices that an administrator closed it: a request, or sometimes the sender of
    // webhooks. Then the test closes the connections again.
    private static async Task AssertRecoversFromClosedConnectionsAsync(
        ServerProcess server,
        string connectionString,
        string participants
    )
    {
        List<Answer> failed = [];
        for (var round = 0; failed is [] && round < 10; round++)
        {
            failed = await AfterEndOfConnectionsAsync();
        }

        Assert.NotEmpty(failed);
        Assert.All(failed, answer => answer.Is(TwilioErrors.ServiceUnavailable));

        // All answers before the list is available again. There is at most one for each open connection.
        async Task<List<Answer>> AfterEndOfConnectionsAsync()
        {
            await EndConnectionsAsync(connectionString);
            List<Answer> refused = [];
            while (await server.GetAsync(participants) is { Status: not HttpStatusCode.OK } answer)
            {
                refused.Add(answer);
                Assert.True(refused.Count < 10, answer.Text);
            }

            return refused;
        }
    }

    private static async Task EndConnectionsAsync(string connectionString)
    {
        await using NpgsqlConnection connection = new(connectionString);
        await connection.OpenAsync();
        await using NpgsqlCommand end = new(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() "
                + "AND pid <> pg_backend_pid()",
            connection
        );
        await end.ExecuteNonQueryAsync();
    }
}
