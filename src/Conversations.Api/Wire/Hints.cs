using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Conversations.Api.Wire;

/// <summary>
/// In Development, a line in the log for a request that can't mean what it says: Twilio's API answers it with an error
/// that leads elsewhere, or with none at all. A hint has names of parameters that the operation knows, never a value,
/// and no name that a caller made up.
/// </summary>
public sealed partial class Hints(
    RequestDelegate next,
    IApiDescriptionGroupCollectionProvider descriptions,
    ILogger<Hints> logger
)
{
    private readonly Lazy<Dictionary<string, string[]>> parametersOfActions = new(() =>
        descriptions
            .ApiDescriptionGroups.Items.SelectMany(group => group.Items)
            .GroupBy(description => description.ActionDescriptor.Id)
            .ToDictionary(action => action.Key, action => ParametersOf(action.First()))
    );

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        finally
        {
            if (
                logger.IsEnabled(LogLevel.Information)
                && context.GetEndpoint()?.Metadata.GetMetadata<ActionDescriptor>() is { } action
                && parametersOfActions.Value.TryGetValue(action.Id, out var known)
            )
            {
                Look(context, known);
            }
        }
    }

    private static string[] ParametersOf(ApiDescription description) =>
        [
            .. description
                .ParameterDescriptions.Where(parameter =>
                    parameter.Source == BindingSource.Form || parameter.Source == BindingSource.Query
                )
                .Select(parameter => parameter.Name),
        ];

    private void Look(HttpContext context, string[] known)
    {
        // Not read here: a body that can't be read is the operation's to answer.
        var form = context.Features.Get<IFormFeature>()?.Form;
        if (
            (context.Request.HasJsonContentType() && !HttpMethods.IsGet(context.Request.Method))
            || form?.Keys.FirstOrDefault()?.TrimStart() is ['{' or '[', ..]
        )
        {
            LogJson(context.TraceIdentifier);
        }

        List<(string Name, string? Value)> given =
        [
            .. context
                .Request.Query.Concat(form?.AsEnumerable() ?? [])
                .Select(pair => (pair.Key, pair.Value.LastOrDefault())),
        ];
        foreach (var name in known)
        {
            if (given.Exists(parameter => parameter.Name == name && LostPlus().IsMatch(parameter.Value ?? "")))
            {
                LogPlus(name, context.TraceIdentifier);
            }
            else if (given.Exists(other => !known.Contains(other.Name) && Letters(other.Name) == Letters(name)))
            {
                LogSpelling(name, context.TraceIdentifier);
            }
        }
    }

    private static string Letters(string name) =>
        string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    // " 15558675310", "whatsapp: 15558675310".
    [GeneratedRegex(@"^([a-z]+:)? [0-9]{3,}$")]
    private static partial Regex LostPlus();

    [LoggerMessage(
        LogLevel.Information,
        "Hint: the body is JSON, which Twilio's API does not read: send a form "
            + "(application/x-www-form-urlencoded), {RequestId}"
    )]
    private partial void LogJson(string requestId);

    [LoggerMessage(
        LogLevel.Information,
        "Hint: {Parameter} begins with a blank where a number has its +: in a form or query + means a blank, send %2B, "
            + "{RequestId}"
    )]
    private partial void LogPlus(string parameter, string requestId);

    [LoggerMessage(
        LogLevel.Information,
        "Hint: {Parameter} was sent in another spelling and is ignored: names of parameters are case-sensitive, "
            + "{RequestId}"
    )]
    private partial void LogSpelling(string parameter, string requestId);
}
