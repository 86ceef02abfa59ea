using Conversations.Api.Errors;
using FluentValidation;
using FluentValidation.Internal;
using FluentValidation.Validators;

namespace Conversations.Api.Wire;

/// <summary>The errors of a validator's rules, read from its descriptor.</summary>
public static class RuleErrors
{
    /// <summary>In the order of the rules, with those of child validators and dependent rules.</summary>
    /// <exception cref="InvalidOperationException">A rule has no error.</exception>
    public static IEnumerable<TwilioError> Of(IValidator rules) =>
        rules.CreateDescriptor().Rules.SelectMany(rule => Of(rule, rules));

    private static IEnumerable<TwilioError> Of(IValidationRule rule, IValidator rules) =>
        rule
            .Components.SelectMany(component =>
                component.Validator is IChildValidatorAdaptor child
                    ? Of(ValidatorOf(child))
                    :
                    [
                        ErrorOf(component)
                            ?? throw new InvalidOperationException($"{rules} has a rule without WithError."),
                    ]
            )
            .Concat(rule.DependentRules?.SelectMany(dependent => Of(dependent, rules)) ?? []);

    // FluentValidation has the child validator and the error only on generic types, and gives them for a context.
    private static IValidator ValidatorOf(IChildValidatorAdaptor child) =>
        (IValidator)
            child
                .GetType()
                .GetMethod(nameof(ChildValidatorAdaptor<,>.GetValidator))!
                .Invoke(child, [ContextOf(child), null])!;

    private static TwilioError? ErrorOf(IRuleComponent component) =>
        component.GetType().GetProperty(nameof(RuleComponent<,>.CustomStateProvider))!.GetValue(component)
            is Delegate state
            ? (TwilioError?)state.DynamicInvoke(ContextOf(component), null)
            : null;

    private static object ContextOf(object part)
    {
        var form = part.GetType().GenericTypeArguments[0];
        return Activator.CreateInstance(typeof(ValidationContext<>).MakeGenericType(form), [null])!;
    }
}
