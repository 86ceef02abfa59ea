using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace Conversations.Api.Wire;

/// <summary>
/// In Development, logs a hint for a request that is probably a mistake: Twilio's API answers it with a misleading
/// error, or with no error at all. A hint contains only names of the operation's own parameters, never a value and
/// never an unknown name that the caller sent.
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
                LogHints(context, known);
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

    private void LogHints(HttpContext context, string[] known)
    {
        // The form is not read here: the operation answers a body that can't be read.
        var form = context.Features.Get<IFormFeature>()?.Form;
        if (
            (
                context.Request.HasJsonContentType()
                && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false
            ) || JsonStart().IsMatch(form?.Keys.FirstOrDefault() ?? "")
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

    // A parameter may also begin with a bracket: {a}=b.
    [GeneratedRegex("""^\s*(\{\s*["}]|\[\s*(["{\]\[0-9-]|true|false|null))""")]
    private static partial Regex JsonStart();

    // " 15558675310", "whatsapp: 15558675310".
    [GeneratedRegex(@"^([a-z]+:)? [0-9]{3,}$")]
    private static partial Regex LostPlus();

    [LoggerMessage(
        LogLevel.Information,
        "Hint: the body is JSON, which Twilio's API does not read. Send a form "
            + "(application/x-www-form-urlencoded), {RequestId}"
    )]
    private partial void LogJson(string requestId);

    [LoggerMessage(
        LogLevel.Information,
        "Hint: {Parameter} begins with a blank where a number has its +. In a form or query + means a blank. Send %2B, "
            + "{RequestId}"
    )]
    private partial void LogPlus(string parameter, string requestId);

    [LoggerMessage(
        LogLevel.Information,
        "Hint: {Parameter} was sent in another spelling and is ignored. Names of parameters are case-sensitive, "
            + "{RequestId}"
    )]
    private partial void LogSpelling(string parameter, string requestId);
}
