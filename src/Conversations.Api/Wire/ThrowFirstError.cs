using FluentValidation;
using FluentValidation.AspNetCore;
using FluentValidation.Results;
using Microsoft.AspNetCore.Mvc;

namespace Conversations.Api.Wire;

/// <summary>
/// Throws the first error. Without it, auto-validation puts the error's text into ModelState and loses its code.
/// </summary>
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
