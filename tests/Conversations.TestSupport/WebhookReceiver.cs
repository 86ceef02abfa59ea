using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Conversations.TestSupport;

/// <summary>
/// Somebody's program that webhooks are sent to: an HTTP server on a free port of the loopback, which keeps what it gets and answers as told.
/// It can go down and come up again at the same address.
/// </summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    /// <summary>Only an event that never comes takes as long: longer than a server's claim to one, twice what a call may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Lock turn = new();
    private readonly List<WebhookRequest> requests = [];
    private TaskCompletionSource arrived = NewSignal();
    private KestrelServer? server;
    private int port;

    // One that no other receiver has: a port alone may be given again, and servers go on trying to reach receivers of tests that are over.
    private readonly IPAddress address;

    private WebhookReceiver(IPAddress? at) =>
        address =
            at
            ?? (
                OperatingSystem.IsLinux()
                    ? new([
                        127,
                        (byte)Random.Shared.Next(1, 255),
                        (byte)Random.Shared.Next(1, 255),
                        (byte)Random.Shared.Next(1, 255),
                    ])
                    : IPAddress.Loopback
            );

    /// <summary>What it answers, and when: it may wait. 200 without a body until it is set.</summary>
    public Func<WebhookRequest, Task<WebhookReply>> Answer { get; set; } = _ => Task.FromResult(new WebhookReply());

    /// <summary>All it got until now, in the order of arrival.</summary>
    public IReadOnlyList<WebhookRequest> Requests
    {
        get
        {
            lock (turn)
            {
                return [.. requests];
            }
        }
    }

    /// <param name="at">Where a test needs it; null for an address of its own.</param>
    public static async Task<WebhookReceiver> StartAsync(IPAddress? at = null)
    {
        var receiver = new WebhookReceiver(at);
        await receiver.UpAsync();
        return receiver;
    }

    /// <summary>The absolute URL of a path of it.</summary>
    public string Url(string path = "/") =>
        string.Create(CultureInfo.InvariantCulture, $"http://{address}:{port}{path}");

    public void AnswerWith(int status, string body = "") =>
        Answer = _ => Task.FromResult(new WebhookReply(status, body));

    /// <summary>Answers nothing until the returned source is completed.</summary>
    public TaskCompletionSource<WebhookReply> Hold()
    {
        TaskCompletionSource<WebhookReply> held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Answer = _ => held.Task;
        return held;
    }

    /// <summary>The first request of that event, as soon as it is there.</summary>
    public async Task<WebhookRequest> GotAsync(string eventType) =>
        (await GotAsync(1, request => request["EventType"] == eventType))[0];

    /// <summary>The first so many requests, of those that are meant, as soon as they are there.</summary>
    public async Task<IReadOnlyList<WebhookRequest>> GotAsync(int count, Func<WebhookRequest, bool>? which = null)
    {
        using CancellationTokenSource patience = new(Patience);
        while (true)
        {
            Task next;
            List<WebhookRequest> meant;
            lock (turn)
            {
                meant = [.. requests.Where(which ?? (_ => true)).Take(count)];
                next = arrived.Task;
            }

            if (meant.Count == count)
            {
                return meant;
            }

            await next.WaitAsync(patience.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            Assert.False(
                patience.IsCancellationRequested,
                $"Only {meant.Count} of {count}; got {string.Join(", ", Requests.Select(request => request["EventType"]))}."
            );
        }
    }

    /// <summary>Refuses connections from now on.</summary>
    public async Task DownAsync()
    {
        if (Interlocked.Exchange(ref server, null) is { } running)
        {
            await running.StopAsync(new(canceled: true));
            running.Dispose();
        }
    }

    /// <summary>Takes connections again, at the address it had.</summary>
    public async Task UpAsync()
    {
        var options = new KestrelServerOptions();
        options.Limits.MaxRequestLineSize = options.Limits.MaxRequestHeadersTotalSize = 1 << 20;
        options.Limits.MinRequestBodyDataRate = options.Limits.MinResponseDataRate = null;
        options.Listen(address, port);
        server = new KestrelServer(
            Options.Create(options),
            new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance),
            NullLoggerFactory.Instance
        );
        await server.StartAsync(new Application(this), default);
        port = new Uri(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single()).Port;
    }

    public async ValueTask DisposeAsync() => await DownAsync();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task TakeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        WebhookRequest request = new(
            http.Request.Method,
            http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            http.Request.Headers.ToDictionary(
                header => header.Key,
                header => header.Value.ToString(),
                StringComparer.OrdinalIgnoreCase
            ),
            await reader.ReadToEndAsync()
        );
        TaskCompletionSource heard;
        lock (turn)
        {
            requests.Add(request);
            (heard, arrived) = (arrived, NewSignal());
        }

        heard.SetResult();
        var reply = await Answer(request).WaitAsync(http.RequestAborted);
        http.Response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers ?? [])
        {
            http.Response.Headers[name] = value;
        }

        await http.Response.WriteAsync(reply.Body, http.RequestAborted);
        if (reply.IsEndless)
        {
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await Task.Delay(Timeout.Infinite, http.RequestAborted);
        }
    }

    private sealed class Application(WebhookReceiver receiver) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public async Task ProcessRequestAsync(HttpContext context)
        {
            try
            {
                await receiver.TakeAsync(context);
            }
            catch (OperationCanceledException)
            {
                // Whoever called waits no more.
            }
        }

        public void DisposeContext(HttpContext context, Exception? exception) { }
    }
}

/// <summary>What a receiver answers.</summary>
/// <param name="IsEndless">Whether the body is begun and never ended.</param>
public sealed record WebhookReply(
    int Status = 200,
    string Body = "",
    (string Name, string Value)[]? Headers = null,
    bool IsEndless = false
);

/// <summary>A request as it came in.</summary>
/// <param name="Target">The path and query, byte for byte.</param>
public sealed partial record WebhookRequest(
    string Method,
    string Target,
    IReadOnlyDictionary<string, string> Headers,
    string Body
)
{
    private IReadOnlyList<KeyValuePair<string, string>>? parameters;

    /// <summary>Those of the body of a POST, those of the query of a GET; decoded, in the order in which they were sent.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters =>
        parameters ??= [.. Read(Method == "GET" ? Query : Body)];

    public string? this[string name] =>
        Parameters.Where(parameter => parameter.Key == name).Select(parameter => parameter.Value).SingleOrDefault();

    /// <summary>
    /// All parameters, Name=value, a line each, sorted by name. A date has ~ for its milliseconds: what stands before them can be told from the API's answers.
    /// </summary>
    public string Text =>
        string.Join(
            '\n',
            Parameters
                .Select(parameter => $"{parameter.Key}={Milliseconds().Replace(parameter.Value, "$1~Z")}")
                .Order(StringComparer.Ordinal)
        );

    private string Query =>
        Target.Contains('?', StringComparison.Ordinal)
            ? Target[(Target.IndexOf('?', StringComparison.Ordinal) + 1)..]
            : "";

    private static IEnumerable<KeyValuePair<string, string>> Read(string form)
    {
        using var reader = new FormReader(form) { ValueLengthLimit = int.MaxValue };
        while (reader.ReadNextPair() is { } pair)
        {
            yield return pair;
        }
    }

    [GeneratedRegex(@"^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.\d{3}Z$")]
    private static partial Regex Milliseconds();
}
