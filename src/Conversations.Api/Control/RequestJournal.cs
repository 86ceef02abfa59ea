using System.Diagnostics;
using Conversations.Api.Accounts;
using Conversations.Api.Errors;
using Conversations.Api.Wire;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Conversations.Api.Control;

/// <summary>
/// Puts each request to /v1 and its answer into the journal. The end of the answer is sent after that: a client that
/// has its answer finds the request. A request without valid credentials belongs to no account and is not kept.
/// </summary>
public sealed class RequestJournal(RequestDelegate next, Journal journal, TimeProvider clock)
{
    // An answer beyond it is cut off in the journal.
    private const int MaxAnswerBytes = 64 << 10;

    private static readonly HashSet<string> Credentials = new(StringComparer.OrdinalIgnoreCase)
    {
        "Authorization",
        "Cookie",
        "Proxy-Authorization",
    };

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.IsReadOfConsole())
        {
            await next(context);
            return;
        }

        var (date, started) = (clock.GetUtcNow(), Stopwatch.GetTimestamp());
        var client = context.Response.Body;
        await using AnswerCopy answer = new(
            context.Features.GetRequiredFeature<IHttpResponseBodyFeature>(),
            MaxAnswerBytes
        );
        context.Response.Body = answer;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = client;
        }

        if (context.Features.Get<AccountOptions>() is { } account)
        {
            journal.Add(account.Sid, EntryOf(context, answer.Text, date, Stopwatch.GetElapsedTime(started)));
        }

        await answer.ReleaseAsync(CancellationToken.None); // Nothing is written to a connection that is cut.
    }

    private static RequestEntry EntryOf(HttpContext context, string answer, DateTimeOffset date, TimeSpan duration)
    {
        var request = context.Request;
        var action = context.GetEndpoint()?.Metadata.GetMetadata<ControllerActionDescriptor>();
        var form = context.Features.Get<IFormFeature>()?.Form;
        var parameters = request
            .Query.Concat(form?.AsEnumerable() ?? [])
            .GroupBy(pair => pair.Key)
            .ToDictionary(same => same.Key, same => same.SelectMany(pair => pair.Value.OfType<string>()).ToArray());
        var headers = request
            .Headers.Where(header => !Credentials.Contains(header.Key))
            .ToDictionary(header => header.Key, header => header.Value.ToString());
        return new(
            context.TraceIdentifier,
            date,
            duration.TotalMilliseconds,
            request.Method,
            request.PathBase + request.Path + request.QueryString,
            action is null ? null : Operations.IdOf(action),
            parameters,
            headers,
            context.Response.StatusCode,
            context.Features.Get<TwilioError>(),
            answer,
            request.RouteValues.ToDictionary(pair => pair.Key, pair => $"{pair.Value}"),
            context.Features.Get<InjectedFault>(),
            FormOf(action, BindingSource.Form) ?? FormOf(action, BindingSource.Query)
        )
        {
            Size = Journal.SizeOf([
                answer,
                request.Path,
                request.QueryString.Value,
                .. parameters.SelectMany(pair => pair.Value.Append(pair.Key)),
                .. headers.SelectMany(pair => new[] { pair.Key, pair.Value }),
            ]),
        };
    }

    private static Type? FormOf(ControllerActionDescriptor? action, BindingSource source) =>
        action?.Parameters.FirstOrDefault(p => p.BindingInfo?.BindingSource == source)?.ParameterType;
}
