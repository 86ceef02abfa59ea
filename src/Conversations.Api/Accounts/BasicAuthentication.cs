using System.Diagnostics.CodeAnalysis;
using System.Text;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using Conversations.Api.Wire;

namespace Conversations.Api.Accounts;

/// <summary>
/// HTTP Basic authentication of /v1: AccountSid:AuthToken or an API key's SK…:secret. Everything else is 401/20003,
/// also for unknown paths and wrong methods. The framework's authentication handlers build a claims principal for every
/// request, which nothing here reads; this middleware does not.
/// </summary>
public sealed class BasicAuthentication(
    RequestDelegate next,
    AccountDirectory accounts,
    AccountClocks clocks,
    FailedAttempts failedAttempts
)
{
    private const string Scheme = "Basic ";

    public Task InvokeAsync(HttpContext context)
    {
        // Many clients send credentials only after a 401, so a request without any does not count as an attempt.
        if (context.Request.Headers.Authorization is [])
        {
            return RefuseAsync(context);
        }

        var address = context.Connection.RemoteIpAddress;
        if (failedAttempts.PauseOf(address) is { } pause)
        {
            return RateLimits.RefuseAsync(context, pause);
        }

        var checking = TryReadHeader(context.Request, out var user, out var password)
            ? accounts.AuthenticateAsync(user, password, context.RequestAborted)
            : default;
        return checking.IsCompletedSuccessfully
            ? ContinueAsync(context, checking.Result)
            : AwaitAsync(context, checking);
    }

    private async Task AwaitAsync(HttpContext context, ValueTask<AccountOptions?> checking) =>
        await ContinueAsync(context, await checking);

    private Task ContinueAsync(HttpContext context, AccountOptions? account)
    {
        if (account is not null)
        {
            context.Features.Set(account);
            if (clocks.Use(account.Sid) is { } clock)
            {
                ClockOf(context).Set(clock);
            }

            return clocks.NextSids is { } nextSids && HttpMethods.IsPost(context.Request.Method)
                ? ContinueAsync(context, nextSids(account.Sid, context.RequestAborted))
                : next(context);
        }

        return failedAttempts.Count(context.Connection.RemoteIpAddress) is { } exceeded
            ? RateLimits.RefuseAsync(context, exceeded)
            : RefuseAsync(context);
    }

    private Task ContinueAsync(HttpContext context, ValueTask<SidSequence?> sids)
    {
        return sids is { IsCompletedSuccessfully: true, Result: null } ? next(context) : AwaitAsync();

        async Task AwaitAsync()
        {
            if (await sids is { } sequence)
            {
                ClockOf(context).Set(sequence);
            }

            await next(context);
        }
    }

    private static AccountClock ClockOf(HttpContext context) =>
        context.RequestServices.GetRequiredService<AccountClock>();

    /// <summary>Answers 401 and asks for credentials.</summary>
    public static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Basic realm=\"Twilio API\"";
        return TwilioErrors.Authenticate.WriteAsync(context.Response, context.RequestAborted);
    }

    private static bool TryReadHeader(
        HttpRequest request,
        [NotNullWhen(true)] out string? user,
        [NotNullWhen(true)] out string? password
    )
    {
        user = password = null;
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var encoded = header.AsSpan(Scheme.Length).Trim();
        var decoded = new byte[encoded.Length];
        if (!Convert.TryFromBase64Chars(encoded, decoded, out var length))
        {
            return false;
        }

        var colon = Array.IndexOf(decoded, (byte)':', 0, length);
        if (colon < 0)
        {
            return false;
        }

        user = Encoding.UTF8.GetString(decoded, 0, colon);
        password = Encoding.UTF8.GetString(decoded, colon + 1, length - colon - 1);
        return true;
    }
}
