using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding.Validation;

namespace Conversations.Api.Wire;

/// <summary>
/// Lets MVC validate only the query of a list. Validation of every parameter would be a tenth of the time of a read.
/// </summary>
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
