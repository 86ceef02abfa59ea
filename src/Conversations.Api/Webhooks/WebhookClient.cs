using System.Net.Sockets;
using System.Text;
using Conversations.Api.Accounts;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Timeout;

namespace Conversations.Api.Webhooks;

/// <summary>Sends a signed request to a receiver, once.</summary>
public sealed class WebhookClient(
    IHttpClientFactory clients,
    AccountDirectory accounts,
    IEnumerable<IWebhookFaults> faults,
    IEnumerable<IWebhookObserver> observers,
    TimeProvider clock
)
{
    private const string Name = "webhooks";

    private const string SignatureHeader = "X-Twilio-Signature";

    // The answer to a pre-action webhook is a short JSON object.
    private const int MaxAnswerBytes = 64 * 1024;

    public static void Register(IServiceCollection services)
    {
        services
            .AddHttpClient(
                Name,
                client =>
                {
                    client.Timeout = Timeout.InfiniteTimeSpan; // The resilience pipeline has the timeout.
                    client.DefaultRequestHeaders.UserAgent.ParseAdd("TwilioProxy/1.1");
                }
            )
            .ConfigurePrimaryHttpMessageHandler(provider => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                Credentials = new UrlCredentials(),
                UseProxy = false, // With a proxy, the check would see only the proxy's address.
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                ConnectCallback = provider.GetRequiredService<WebhookNetwork>().ConnectAsync,
            })
            .RemoveAllLoggers() // They log URLs.
            .AddResilienceHandler(
                Name,
                (pipeline, context) =>
                    pipeline.AddTimeout(
                        TimeSpan.FromSeconds(
                            context.ServiceProvider.GetRequiredService<IOptions<WebhookOptions>>().Value.TimeoutSeconds
                        )
                    )
            );

        // This handler runs inside the resilience handler, so the timeout includes the answer's body.
        services.AddHttpClient(Name).AddHttpMessageHandler(() => new WholeAnswer());
    }

    /// <param name="eventId">Lets a receiver distinguish a repeated event from a new one.</param>
    /// <returns>The receiver's answer, or why there is none.</returns>
    public async Task<WebhookAnswer> CallAsync(
        string accountSid,
        string url,
        string method,
        IReadOnlyList<KeyValuePair<string, string>> form,
        Guid eventId,
        CancellationToken cancellationToken
    )
    {
        if (await accounts.FindAsync(accountSid, cancellationToken) is not { AuthToken: var token })
        {
            return new(null, "", "the account is no longer configured");
        }

        var fault = await FaultAsync(accountSid, url, form, cancellationToken);
        var (date, started) = (clock.GetUtcNow(), clock.GetTimestamp());
        HttpRequestMessage? request = null;
        WebhookAnswer answer;
        try
        {
            request = Signed(url, method, form, token);
            request.Headers.Add("I-Twilio-Idempotency-Token", eventId.ToString());
            answer = fault ?? await SendAsync(request, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            answer = new(null, "", FailureOf(exception)) { Reason = ReasonOf(exception) };
        }
        finally
        {
            request?.Dispose();
        }

        var signature = request?.Headers.GetValues(SignatureHeader).Single();
        var called = request?.RequestUri?.AbsoluteUri ?? url;
        var duration = clock.GetElapsedTime(started);
        Tell(new(accountSid, eventId, url, called, method, form, signature, answer, date, duration));
        return answer;
    }

    private async ValueTask<WebhookAnswer?> FaultAsync(
        string accountSid,
        string url,
        IReadOnlyList<KeyValuePair<string, string>> form,
        CancellationToken cancellationToken
    )
    {
        foreach (var fault in faults)
        {
            if (await fault.AnswerAsync(accountSid, url, form, cancellationToken) is { } answer)
            {
                return answer;
            }
        }

        return null;
    }

    private void Tell(WebhookCall call)
    {
        foreach (var observer in observers)
        {
            observer.Called(call);
        }
    }

    private async Task<WebhookAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(Name);
        using var response = await client.SendAsync(request, cancellationToken);
        return new(
            response.StatusCode,
            // JSON is UTF-8, whatever charset the header names. Some frameworks put a byte order mark first.
            Encoding
                .UTF8.GetString(await response.Content.ReadAsByteArrayAsync(cancellationToken))
                .TrimStart('\uFEFF'),
            null
        );
    }

    private static HttpRequestMessage Signed(
        string url,
        string method,
        IReadOnlyList<KeyValuePair<string, string>> form,
        string token
    )
    {
        var isGet = HttpMethods.IsGet(method);

        // The signature covers the URL as the receiver sees it: without a fragment.
        var called = new Uri(
            new Uri(url).GetLeftPart(UriPartial.Query) is var bare && isGet ? WithQuery(bare, form) : bare
        ).AbsoluteUri;
        return new(isGet ? HttpMethod.Get : HttpMethod.Post, called)
        {
            Content = isGet ? null : new FormUrlEncodedContent(form),
            Headers = { { SignatureHeader, WebhookSignature.Of(token, called, isGet ? [] : form) } },
        };
    }

    private static string FailureOf(Exception exception) =>
        exception switch
        {
            TimeoutRejectedException => WebhookAnswer.Timeout.Failure!,
            HttpRequestException { InnerException: AddressNotAllowedException notAllowed } => notAllowed.Message,
            HttpRequestException { HttpRequestError: HttpRequestError.Unknown } => exception.Message,
            HttpRequestException { HttpRequestError: var error } => error.ToString(),
            _ => exception.GetType().Name, // A URL that no request can have, from an earlier version.
        };

    private static string ReasonOf(Exception exception) =>
        exception switch
        {
            TimeoutRejectedException => WebhookAnswer.Timeout.Reason!,
            HttpRequestException { InnerException: AddressNotAllowedException notAllowed } =>
                $"The call is not allowed: {notAllowed.Message}.",
            HttpRequestException
            {
                InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused }
            } => WebhookAnswer.Refused.Reason!,
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
                "The name of the host was not found.",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                "The TLS connection failed.",
            HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } =>
                "The receiver ended the connection without a whole answer.",
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } =>
                "The receiver's answer is not HTTP.",
            HttpRequestException => "The connection failed.",
            _ => "The URL can't be called.",
        };

    private static string WithQuery(string url, IEnumerable<KeyValuePair<string, string>> form)
    {
        var query = string.Join(
            '&',
            form.Select(parameter => $"{Uri.EscapeDataString(parameter.Key)}={Uri.EscapeDataString(parameter.Value)}")
        );
        return $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}";
    }

    // Reads the whole answer. Only the status counts when the body is too long; the body is then dropped.
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
