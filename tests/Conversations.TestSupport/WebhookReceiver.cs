using System.Globalization;
using System.Net;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Conversations.TestSupport;

/// <summary>
/// A receiver of webhooks: an HTTP server on a free loopback port that keeps its requests and answers as the test says.
/// It can go down and come up again at the same address.
/// </summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    /// <summary>
    /// Only an event that never arrives takes this long: longer than a server's claim, and twice the timeout of a call.
    /// </summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(4);

    private readonly Lock turn = new();
    private readonly List<WebhookRequest> requests = [];
    private TaskCompletionSource arrived = NewSignal();
    private KestrelServer? server;
    private int port;

    // An address that no other receiver has. Another receiver may get the same port, and servers still send to
    // receivers of finished tests.
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

    /// <summary>The answer to a request; it may wait. Until it is set, the answer is 200 without a body.</summary>
    public Func<WebhookRequest, Task<WebhookReply>> Answer { get; set; } = _ => Task.FromResult(new WebhookReply());

    /// <summary>All requests so far, in the order of arrival.</summary>
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

    /// <param name="at">The address; null for one that no other receiver has.</param>
    public static async Task<WebhookReceiver> StartAsync(IPAddress? at = null)
    {
        var receiver = new WebhookReceiver(at);
        await receiver.UpAsync();
        return receiver;
    }

    /// <summary>The absolute URL of a path on this receiver.</summary>
    public string Url(string path = "/") =>
        string.Create(CultureInfo.InvariantCulture, $"http://{address}:{port}{path}");

    public void AnswerWith(int status, string body = "") =>
        Answer = _ => Task.FromResult(new WebhookReply(status, body));

    /// <summary>Answers no request until the returned source is completed.</summary>
    public TaskCompletionSource<WebhookReply> Hold()
    {
        TaskCompletionSource<WebhookReply> held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Answer = _ => held.Task;
        return held;
    }

    /// <summary>Waits for the first request of that event and returns it.</summary>
    public async Task<WebhookRequest> GotAsync(string eventType) =>
        (await GotAsync(1, request => request["EventType"] == eventType))[0];

    /// <summary>Waits for the given number of matching requests and returns them.</summary>
    public async Task<IReadOnlyList<WebhookRequest>> GotAsync(int count, Func<WebhookRequest, bool>? which = null)
    {
        using CancellationTokenSource timeout = new(MaxWait);
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

            await next.WaitAsync(timeout.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            Assert.False(
                timeout.IsCancellationRequested,
                $"Only {meant.Count} of {count}; got "
                    + $"{string.Join(", ", Requests.Select(request => request["EventType"]))}."
            );
        }
    }

    /// <summary>Refuses connections until <see cref="UpAsync"/>.</summary>
    public async Task DownAsync()
    {
        if (Interlocked.Exchange(ref server, null) is { } running)
        {
            await running.StopAsync(new(canceled: true));
            running.Dispose();
        }
    }

    /// <summary>Accepts connections again, at the same address.</summary>
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
                // The caller has stopped waiting.
            }
        }

        public void DisposeContext(HttpContext context, Exception? exception) { }
    }
}
