using System.Text;
using System.Text.Json;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using FluentValidation;
using FluentValidation.AspNetCore;
using FluentValidation.Results;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding.Validation;

namespace Conversations.Api.Wire;

/// <summary>
/// Rules answer with Twilio's errors: the first broken one ends the request. A query is checked when it is bound. A form is checked
/// by its service (<see cref="Check"/>), because Twilio looks first whether the resource is there and the conversation open.
/// </summary>
public static class Validation
{
    // .NET's own limit of 64 levels is no rule of JSON; the length in bytes bounds the depth, and the parser does not recurse.
    private static readonly JsonDocumentOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    public static IRuleBuilderOptions<T, TProperty> WithError<T, TProperty>(
        this IRuleBuilderOptions<T, TProperty> rule,
        TwilioError error
    ) => rule.WithState(_ => error);

    /// <summary>Throws the error of the first broken rule.</summary>
    public static void Check<T>(this IValidator<T> rules, T form) => Throw(rules.Validate(form));

    /// <param name="name">The parameter's name on the wire, for the error's text.</param>
    public static IRuleBuilderOptions<T, string?> Required<T>(this IRuleBuilder<T, string?> rule, string name) =>
        rule.Must(text => text.NullIfEmpty() is not null).WithError(TwilioErrors.MissingParameter(name));

    public static IRuleBuilderOptions<T, string?> Date<T>(this IRuleBuilder<T, string?> rule, TwilioError error) =>
        rule.Must(Forms.IsDate).WithError(error);

    public static IRuleBuilderOptions<T, string?> AtMost<T>(
        this IRuleBuilder<T, string?> rule,
        int characters,
        TwilioError error
    ) => rule.Must(text => text is null || text.Length <= characters).WithError(error);

    /// <summary>Not given, or of the form of a SID.</summary>
    public static IRuleBuilderOptions<T, string?> Sid<T>(
        this IRuleBuilder<T, string?> rule,
        string prefix,
        TwilioError error
    ) => rule.Must(text => text.NullIfEmpty() is null || Sids.Is(prefix, text!)).WithError(error);

    /// <summary>JSON of any kind; empty means {}.</summary>
    /// <param name="bytes">The limit, in bytes of UTF-8.</param>
    public static IRuleBuilderOptions<T, string?> Attributes<T>(this IRuleBuilder<T, string?> rule, int bytes) =>
        rule.Must(text => text is null || Encoding.UTF8.GetByteCount(text) <= bytes)
            .WithError(TwilioErrors.AttributesTooLong)
            .Must(text => text.NullIfEmpty() is null || IsJson(text!))
            .WithError(TwilioErrors.AttributesNotJson);

    internal static void Throw(ValidationResult result)
    {
        if (!result.IsValid)
        {
            throw new TwilioException((TwilioError)result.Errors[0].CustomState);
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, AnyDepth);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

/// <summary>Only the query of a list has rules that hold as soon as it is bound. MVC asks about every parameter, which is a tenth of a read's time.</summary>
public sealed class QueryValidator(IObjectModelValidator rules) : IObjectModelValidator
{
    public void Validate(
        ActionContext actionContext,
        ValidationStateDictionary? validationState,
        string prefix,
        object? model
    )
    {
        if (model is PageRequest)
        {
            rules.Validate(actionContext, validationState, prefix, model);
        }
    }
}

/// <summary>Auto-validation would put the text into ModelState and lose the error; throwing keeps it.</summary>
public sealed class ThrowFirstError : IValidatorInterceptor
{
    public IValidationContext BeforeAspNetValidation(ActionContext actionContext, IValidationContext commonContext) =>
        commonContext;

    public ValidationResult AfterAspNetValidation(
        ActionContext actionContext,
        IValidationContext validationContext,
        ValidationResult result
    )
    {
        Validation.Throw(result);
        return result;
    }
}
