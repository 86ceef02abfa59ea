using System.Net.Sockets;

namespace Conversations.Faults;

/// <summary>
/// A client in front of several servers that takes them in turn, and the next one when a server does not listen, as a
/// load balancer does.
/// </summary>
internal sealed class Servers : HttpMessageHandler
{
    private readonly HttpMessageInvoker wire = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }
    );

    private readonly (string Name, string Value)[] settings;

    private ServerProcess[] running = [];

    private int turn;

    private Servers((string Name, string Value)[] settings)
    {
        this.settings = settings;
        Http = new(this) { BaseAddress = new("http://any.of.them"), Timeout = TimeSpan.FromMinutes(5) };
    }

    /// <summary>A client with the credentials of the built-in account.</summary>
    public HttpClient Http { get; }

    /// <summary>Starts all servers at once.</summary>
    /// <param name="databaseSeconds">The servers' timeout for the database, in seconds.</param>
    /// <param name="more">Further settings.</param>
    public static async Task<Servers> StartAsync(
        int count,
        string connectionString,
        int databaseSeconds,
        params (string Name, string Value)[] more
    )
    {
        Servers servers = new([
            ("ConnectionStrings__Postgres", connectionString),
            ("Limits__DatabaseSeconds", $"{databaseSeconds}"),
            ("Webhooks__FirstPauseSeconds", "600"),
            ("Serilog__MinimumLevel__Default", "Fatal"),
            .. more,
        ]);
        servers.running = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => servers.StartOneAsync()));
        servers.Http.DefaultRequestHeaders.Authorization = servers.running[0].Http.DefaultRequestHeaders.Authorization;
        return servers;
    }

    public async Task<Answer> PostAsync(string path, params (string Name, string Value)[] form)
    {
        using FormUrlEncodedContent content = new(form.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        using var response = await Http.PostAsync(path, content);
        var text = await response.Content.ReadAsStringAsync();
        return new(response.StatusCode, text, response.Headers, response.Content.Headers);
    }

    /// <summary>Ends one server after the other by SIGTERM and starts it again.</summary>
    /// <returns>The exit codes.</returns>
    public async Task<IReadOnlyList<int>> RestartAsync()
    {
        List<int> codes = [];
        for (var i = 0; i < running.Length; i++)
        {
            codes.Add(await running[i].TerminateAsync());
            await running[i].DisposeAsync();
            running[i] = await StartOneAsync();
        }

        return codes;
    }

    public async ValueTask StopAsync()
    {
        foreach (var server in running)
        {
            await server.DisposeAsync();
        }

        Http.Dispose();
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var path = request.RequestUri!.PathAndQuery;
        var first = (uint)Interlocked.Increment(ref turn);
        for (var attempt = 0u; ; attempt++)
        {
            var server = running[(first + attempt) % running.Length].Http.BaseAddress!;
            request.RequestUri = new(server, path);
            try
            {
                return await wire.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException exception)
                when (attempt < running.Length - 1
                    && exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
                )
            {
                // The request was not sent, so another server can take it.
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        wire.Dispose();
        base.Dispose(disposing);
    }

    private Task<ServerProcess> StartOneAsync() => ServerProcess.StartAsync(folder: null, settings);
}
