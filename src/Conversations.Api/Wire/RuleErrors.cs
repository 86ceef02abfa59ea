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
        PartsOf(rules)
            .Select(part =>
                ErrorOf(part.Component) ?? throw new InvalidOperationException($"{rules} has a rule without WithError.")
            );

    /// <summary>The same, each with the name of its parameter.</summary>
    public static IEnumerable<(string Parameter, TwilioError Error)> WithParameters(IValidator rules) =>
        PartsOf(rules).Select(part => (part.Parameter, ErrorOf(part.Component)!));

    /// <summary>The parts of all rules in the same order, with the names of their parameters.</summary>
    internal static IEnumerable<(string Parameter, IRuleComponent Component)> PartsOf(IValidator rules) =>
        rules.CreateDescriptor().Rules.SelectMany(rule => PartsOf(rule, ""));

    private static IEnumerable<(string Parameter, IRuleComponent Component)> PartsOf(
        IValidationRule rule,
        string prefix
    )
    {
        var name = prefix + rule.PropertyName;
        return rule
            .Components.SelectMany(component =>
                component.Validator is IChildValidatorAdaptor child
                    ? ValidatorOf(child).CreateDescriptor().Rules.SelectMany(own => PartsOf(own, $"{name}."))
                    : [(name, component)]
            )
            .Concat(rule.DependentRules?.SelectMany(dependent => PartsOf(dependent, prefix)) ?? []);
    }

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
