using System.Text;
using System.Text.Json;
using Conversations.Api.Data;
using Conversations.Api.Errors;
using FluentValidation;
using FluentValidation.Results;

namespace Conversations.Api.Wire;

/// <summary>
/// Validation rules with Twilio's errors: the first broken rule ends the request. MVC checks a query when it binds it.
/// The service checks a form (<see cref="Check"/>), because Twilio first checks that the resource exists and that the
/// conversation is open.
/// </summary>
public static class Validation
{
    // No date of the formats in Forms is longer.
    private const int MaxDateLength = 40;

    // .NET's limit of 64 levels is not a rule of JSON. The length in bytes limits the depth, and the parser does not
    // recurse.
    private static readonly JsonDocumentOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    /// <summary>The rule's error, for the answer and for the OpenAPI document (<see cref="RuleErrors"/>).</summary>
    public static IRuleBuilderOptions<T, TProperty> WithError<T, TProperty>(
        this IRuleBuilderOptions<T, TProperty> rule,
        TwilioError error
    ) => rule.WithState(_ => error);

    /// <summary>Throws the error of the first broken rule.</summary>
    public static void Check<T>(this IValidator<T> rules, T form) => Throw(rules.Validate(form));

    /// <param name="name">The parameter's name in the request, for the error's text.</param>
    public static IRuleBuilderOptions<T, string?> Required<T>(this IRuleBuilder<T, string?> rule, string name) =>
        rule.Must(text => text.NullIfEmpty() is not null).WithError(TwilioErrors.MissingParameter(name));

    public static IRuleBuilderOptions<T, string?> Date<T>(this IRuleBuilder<T, string?> rule, TwilioError error) =>
        rule.AtMost(MaxDateLength, error).Must(Forms.IsDate).WithError(error);

    public static IRuleBuilderOptions<T, string?> AtMost<T>(
        this IRuleBuilder<T, string?> rule,
        int characters,
        TwilioError error
    ) =>
        rule.SetValidator(new Limit<T, string?>(LimitKind.Characters, characters, text => text!.Length))
            .WithError(error);

    /// <param name="items">The highest number of items that are not empty.</param>
    public static IRuleBuilderOptions<T, IReadOnlyList<string>?> AtMostItems<T>(
        this IRuleBuilder<T, IReadOnlyList<string>?> rule,
        int items,
        TwilioError error
    ) =>
        rule.SetValidator(
                new Limit<T, IReadOnlyList<string>?>(
                    LimitKind.Items,
                    items,
                    list => list!.Count(item => item.Length > 0)
                )
            )
            .WithError(error);

    /// <param name="characters">The highest length of an item.</param>
    public static IRuleBuilderOptions<T, IReadOnlyList<string>?> ItemsAtMost<T>(
        this IRuleBuilder<T, IReadOnlyList<string>?> rule,
        int characters,
        TwilioError error
    ) =>
        rule.SetValidator(
                new Limit<T, IReadOnlyList<string>?>(
                    LimitKind.ItemCharacters,
                    characters,
                    list => list!.Max(item => (int?)item.Length) ?? 0
                )
            )
            .WithError(error);

    /// <summary>The text is a SID, or not given.</summary>
    public static IRuleBuilderOptions<T, string?> Sid<T>(
        this IRuleBuilder<T, string?> rule,
        string prefix,
        TwilioError error
    ) =>
        rule.AtMost(Sids.Length, error)
            .Must(text => text.NullIfEmpty() is null || Sids.Is(prefix, text!))
            .WithError(error);

    /// <summary>The text has at most so many bytes of UTF-8.</summary>
    public static IRuleBuilderOptions<T, string?> AtMostBytes<T>(
        this IRuleBuilder<T, string?> rule,
        int bytes,
        TwilioError error
    ) =>
        rule.SetValidator(new Limit<T, string?>(LimitKind.Bytes, bytes, text => Encoding.UTF8.GetByteCount(text!)))
            .WithError(error);

    /// <summary>The text is any JSON value. An empty text means {}.</summary>
    /// <param name="bytes">The limit, in bytes of UTF-8.</param>
    public static IRuleBuilderOptions<T, string?> Attributes<T>(this IRuleBuilder<T, string?> rule, int bytes) =>
        rule.AtMostBytes(bytes, TwilioErrors.AttributesTooLong)
            .Must(text => text.NullIfEmpty() is null || IsJson(text!))
            .WithError(TwilioErrors.AttributesNotJson);

    /// <summary>Whether the text is any JSON value.</summary>
    public static bool IsJson(string text)
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

    internal static void Throw(ValidationResult result)
    {
        if (!result.IsValid)
        {
            throw new TwilioException((TwilioError)result.Errors[0].CustomState);
        }
    }
}
