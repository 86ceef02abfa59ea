using System.Net;
using System.Net.Sockets;
using System.Text;
using Conversations.Api.Accounts;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Timeout;

namespace Conversations.Api.Webhooks;

/// <summary>Calls a receiver once, signed.</summary>
public sealed class WebhookClient(IHttpClientFactory clients, AccountDirectory accounts)
{
    private const string Name = "webhooks";

    // A pre-action answer holds a few words of JSON.
    private const int MaxAnswerBytes = 64 * 1024;

    public static void Register(IServiceCollection services)
    {
        services
            .AddHttpClient(
                Name,
                client =>
                {
                    client.Timeout = Timeout.InfiniteTimeSpan; // The pipeline's, which holds for the answer's body, too.
                    client.DefaultRequestHeaders.UserAgent.ParseAdd("TwilioProxy/1.1");
                }
            )
            .ConfigurePrimaryHttpMessageHandler(provider => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false, // Its address would be the one that is looked at.
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                ConnectCallback = provider.GetRequiredService<WebhookNetwork>().ConnectAsync,
            })
            .RemoveAllLoggers() // They print URLs.
            .AddResilienceHandler(
                Name,
                (pipeline, context) =>
                    pipeline.AddTimeout(
                        TimeSpan.FromSeconds(
                            context.ServiceProvider.GetRequiredService<IOptions<WebhookOptions>>().Value.TimeoutSeconds
                        )
                    )
            );

        // Inside the resilience handler, so that the time-out holds for the answer's body, too.
        services.AddHttpClient(Name).AddHttpMessageHandler(() => new WholeAnswer());
    }

    /// <param name="eventId">By which a receiver can tell a repetition from a new event.</param>
    /// <returns>What the receiver answered, or why it did not.</returns>
    public async Task<WebhookAnswer> CallAsync(
        string accountSid,
        string url,
        string method,
        IReadOnlyList<KeyValuePair<string, string>> form,
        Guid eventId,
        CancellationToken cancellationToken
    )
    {
        if (accounts.Find(accountSid) is not { AuthToken: var token })
        {
            return new(null, "", "the account is configured no more");
        }

        var isGet = HttpMethods.IsGet(method);

        // As it goes out, without a fragment: that is what the receiver sees and checks.
        var called = new Uri(
            new Uri(url).GetLeftPart(UriPartial.Query) is var bare && isGet ? WithQuery(bare, form) : bare
        ).AbsoluteUri;
        using var request = new HttpRequestMessage(isGet ? HttpMethod.Get : HttpMethod.Post, called)
        {
            Content = isGet ? null : new FormUrlEncodedContent(form),
        };
        request.Headers.Add("X-Twilio-Signature", WebhookSignature.Of(token, called, isGet ? [] : form));
        request.Headers.Add("I-Twilio-Idempotency-Token", eventId.ToString());
        using var client = clients.CreateClient(Name);
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            return new(
                response.StatusCode,
                Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(cancellationToken)),
                null
            ); // JSON is UTF-8, whatever charset the header names.
        }
        catch (TimeoutRejectedException)
        {
            return new(null, "", "no answer in time");
        }
        catch (HttpRequestException exception)
        {
            return new(
                null,
                "",
                exception.HttpRequestError == HttpRequestError.Unknown
                    ? exception.Message
                    : exception.HttpRequestError.ToString()
            );
        }
    }

    private static string WithQuery(string url, IEnumerable<KeyValuePair<string, string>> form)
    {
        var query = string.Join(
            '&',
            form.Select(parameter => $"{Uri.EscapeDataString(parameter.Key)}={Uri.EscapeDataString(parameter.Value)}")
        );
        return $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}";
    }

    // Waits for the whole answer. The status counts whatever follows it: of a body that is too long nothing is taken.
    private sealed class WholeAnswer : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var response = await base.SendAsync(request, cancellationToken);
            try
            {
                await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
            }
            catch (HttpRequestException exception)
                when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
            {
                response.Content.Dispose();
                response.Content = new ByteArrayContent([]);
            }
            catch
            {
                response.Dispose();
                throw;
            }

            return response;
        }
    }
}

/// <param name="Status">Null when the receiver did not answer.</param>
/// <param name="Failure">Why it did not.</param>
public sealed record WebhookAnswer(HttpStatusCode? Status, string Body, string? Failure)
{
    public bool IsSuccess => Status is >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices;
}

/// <summary>Which addresses may be called. They are checked when the connection is made, so that a name can't resolve to another address in between.</summary>
public sealed class WebhookNetwork
{
    // What is not the public internet (RFC 1122, 1918, 3927, 4193, 4291, 6598, 6890), and the IPv6 networks that lead into IPv4 (RFC 3056, 4380, 6052, 8215).
    private static readonly IPNetwork[] Private =
    [
        .. new[]
        {
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "224.0.0.0/3",
            "::/127",
            "fc00::/7",
            "fe80::/10",
            "fec0::/10",
            "ff00::/8",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "2001::/32",
            "2002::/16",
        }.Select(IPNetwork.Parse),
    ];

    private readonly string[] hosts;

    private readonly IPNetwork[] allowed;

    public WebhookNetwork(IOptions<WebhookOptions> options, IHostEnvironment environment)
    {
        hosts = [.. options.Value.AllowedHosts ?? []];
        allowed = environment.IsDevelopment()
            ? [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")]
            : [.. (options.Value.AllowedNetworks ?? []).Where(text => text.Length > 0).Select(Networks.Parse)];
    }

    public async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        CancellationToken cancellationToken
    )
    {
        var host = context.DnsEndPoint.Host;
        if (hosts.Length > 0 && !hosts.Contains(host, StringComparer.OrdinalIgnoreCase))
        {
            throw new HttpRequestException("the host is not among Webhooks:AllowedHosts");
        }

        var addresses = (await Dns.GetHostAddressesAsync(host, cancellationToken)).Where(IsAllowed).ToArray();
        if (addresses is [])
        {
            throw new HttpRequestException("the host has no address that may be called");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether the address is public, or of a network that the operator allows.</summary>
    public bool IsAllowed(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return allowed.Any(network => network.Contains(plain)) || !Private.Any(network => network.Contains(plain));
    }
}
