using System.Text.Json.Nodes;
using Npgsql;

namespace Conversations.Faults.Schedules;

/// <summary>
/// Sends one request at a time to its own server. The statements of that server pass its own proxy, so each of them
/// belongs to the request.
/// </summary>
internal sealed class Client : IDisposable
{
    private readonly StatementProxy proxy;
    private readonly TestServer server;
    private readonly HttpClient http;
    private readonly NpgsqlCommand waits;
    private Task<string>? request;

    private Client(string name, StatementProxy proxy, TestServer server, HttpClient http, NpgsqlConnection monitor)
    {
        (Name, this.proxy, this.server, this.http) = (name, proxy, server, http);
        waits = new(
            $"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{name}' AND wait_event_type = 'Lock'",
            monitor
        );
    }

    /// <param name="monitor">A connection that sees which clients wait for a lock.</param>
    public static async Task<Client> StartAsync(
        string name,
        PostgresServer postgres,
        string accountSid,
        NpgsqlConnection monitor
    )
    {
        StatementProxy proxy = new(postgres.Host, postgres.Port);
        NpgsqlConnectionStringBuilder settings = new(postgres.ConnectionString)
        {
            Port = proxy.Port,
            SslMode = SslMode.Disable,
            ApplicationName = name,
            MaxAutoPrepare = 0, // Each statement comes with its text.
        };
        var server = TestServer.WithoutSender(("ConnectionStrings:Postgres", settings.ConnectionString));
        Assert.Equal(accountSid, await server.TakeAccountAsync()); // Each server has to know it.
        return new(name, proxy, server, Twilio.NewClient(server, accountSid, TestServer.TokenOf(accountSid)), monitor);
    }

    public string Name { get; }

    /// <summary>The statement that waits to be released; null when there is none.</summary>
    public HeldStatement? Next { get; private set; }

    public bool IsDone => request is null or { IsCompleted: true };

    /// <summary>Status and body; of an error what is left after masking.</summary>
    public string Answer => request!.Result;

    /// <summary>The SID in the answer to a create; null for another one.</summary>
    public string? NewSid =>
        Answer.StartsWith("201 ", StringComparison.Ordinal) || Answer.StartsWith("202 ", StringComparison.Ordinal)
            ? JsonNode.Parse(Answer[4..])!["sid"]!.GetValue<string>()
            : null;

    public void Begin(Operation operation, bool withEvents, bool holds)
    {
        proxy.Holds = holds;
        request = SendAsync(operation, withEvents);
    }

    public Task EndAsync() => request!;

    /// <summary>
    /// Waits until the request's next statement waits, or it is answered, or it is blocked by a lock.
    /// </summary>
    public async Task SettleAsync()
    {
        while (Next is null && !IsDone)
        {
            var next = proxy.Held.WaitToReadAsync().AsTask();
            if (await Task.WhenAny(next, request!, Task.Delay(4)) == next && proxy.Held.TryRead(out var statement))
            {
                Next = statement;
            }
            else if (!IsDone && proxy.Held.Count == 0 && await waits.ExecuteScalarAsync() is > 0L)
            {
                return;
            }
        }
    }

    public string Release()
    {
        var statement = Next!;
        Next = null;
        statement.Release();
        return statement.Sql;
    }

    public void Dispose()
    {
        http.Dispose();
        proxy.Dispose();
        server.Dispose();
        waits.Dispose();
    }

    private async Task<string> SendAsync(Operation operation, bool withEvents)
    {
        using HttpRequestMessage message = new(operation.Method, operation.Path)
        {
            Content =
                operation.Method == HttpMethod.Post
                    ? new FormUrlEncodedContent(operation.Form.Select(f => KeyValuePair.Create(f.Name, f.Value)))
                    : null,
        };
        message.Headers.Add("X-Twilio-Webhook-Enabled", withEvents ? "true" : "false");
        using var response = await http.SendAsync(message);
        var body = await response.Content.ReadAsStringAsync();
        var masked = body.Replace(server.Address.ToString(), "http://server/", StringComparison.Ordinal);
        return $"{(int)response.StatusCode} {masked}";
    }
}
