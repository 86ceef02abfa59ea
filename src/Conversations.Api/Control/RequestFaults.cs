using Conversations.Api.Accounts;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace Conversations.Api.Control;

/// <summary>Applies the rules of faults to a request to /v1, after its operation is known.</summary>
public sealed class RequestFaults(RequestDelegate next, FaultRules rules)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public Task InvokeAsync(HttpContext context)
    {
        var accountSid = context.Features.GetRequiredFeature<AccountOptions>().Sid;
        var reading = rules.OfAsync(accountSid, FaultKind.Request, db: null, context.RequestAborted);
        return reading.IsCompletedSuccessfully
            ? ContinueAsync(context, accountSid, reading.Result)
            : AwaitAsync(context, accountSid, reading);
    }

    private async Task AwaitAsync(HttpContext context, string accountSid, ValueTask<Fault[]> reading) =>
        await ContinueAsync(context, accountSid, await reading);

    private Task ContinueAsync(HttpContext context, string accountSid, Fault[] known) =>
        known is [] || context.Request.IsReadOfConsole() ? next(context) : ApplyAsync(context, accountSid, known);

    private async Task ApplyAsync(HttpContext context, string accountSid, Fault[] known)
    {
        var readsForm = known.Any(fault => fault.Form.Identity is not null || fault.Form.Address is not null);
        var request = await RequestNames.OfAsync(context, readsForm);
        var matching = known.Where(fault => fault.Matches(request));
        if (await rules.HitAsync(accountSid, matching, context.RequestAborted) is not { } fault)
        {
            await next(context);
            return;
        }

        context.Features.Set(new InjectedFault(fault.Id, fault.Error is not null));
        if (fault.Delay is { } delay)
        {
            await DelayAsync(context, delay);
        }

        await (
            fault.Error is { } error ? AnswerAsync(context, error)
            : fault.Form.Cut == Fault.Before ? CutAsync(context)
            : fault.Form.Cut == Fault.After ? ExecuteAndCutAsync(context)
            : next(context)
        );
    }

    private static async Task DelayAsync(HttpContext context, TimeSpan delay)
    {
        var timer = context.Features.Get<RequestTimer>();
        timer?.Stop();
        await Task.Delay(delay, context.RequestAborted);
        timer?.Start();
    }

    // The headers are those that the server sets where it has this error for a reason.
    private static Task AnswerAsync(HttpContext context, TwilioError error)
    {
        switch (error.Code)
        {
            case var code when code == TwilioErrors.TooManyRequests.Code:
                return RateLimits.RefuseAsync(context, RetryAfter);
            case var code when code == TwilioErrors.Authenticate.Code:
                return BasicAuthentication.RefuseAsync(context);
            case var code when code == TwilioErrors.NotFound("/").Code:
                error = TwilioErrors.NotFound(PathSegments.PathWithoutVersion(context.Request));
                break;
        }

        return error.WriteAsync(context.Response);
    }

    private static Task CutAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest; // For the log and the journal.
        context.Features.GetRequiredFeature<IStatusCodePagesFeature>().Enabled = false;
        context.Abort();
        return Task.CompletedTask;
    }

    // The answer goes to the journal. The connection is cut before its first byte, also when it is an error.
    private async Task ExecuteAndCutAsync(HttpContext context)
    {
        var client = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        using MemoryStream answer = new();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(answer));
        try
        {
            await next(context);
        }
        finally
        {
            context.Features.Set(client);
            context.Abort();
        }

        await client.Stream.WriteAsync(answer.GetBuffer().AsMemory(0, (int)answer.Length), CancellationToken.None);
    }
}
