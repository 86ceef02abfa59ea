using FluentValidation;

namespace Conversations.Api.Wire;

/// <summary>The limits of a form's parameters, read from the descriptor of its validator.</summary>
public static class RuleLimits
{
    /// <summary>Each limit with the name of its parameter: Configuration.Url.</summary>
    public static IEnumerable<(string Parameter, ILimit Limit)> Of(IValidator rules) =>
        RuleErrors
            .PartsOf(rules)
            .Where(part => part.Component.Validator is ILimit)
            .Select(part => (part.Parameter, (ILimit)part.Component.Validator));
}
