using Conversations.Api.Errors;
using FluentValidation;
using FluentValidation.AspNetCore;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ModelBinding.Validation;

namespace Conversations.Api.Wire;

/// <summary>Registers Twilio's HTTP: parameters, validation, JSON and errors.</summary>
public static class WireRegistration
{
    // No form comes near this limit: the largest parameter is 16 KB of attributes.
    public const int MaxRequestBodyBytes = 1 << 20;

    public static IServiceCollection AddTwilioHttp(this IServiceCollection services, IConfiguration configuration)
    {
        // AddMvcCore, because AddControllers also adds the authentication and authorization middlewares, which would
        // have nothing to do.
        services
            .AddMvcCore(mvc =>
            {
                mvc.ValueProviderFactories.Clear();
                mvc.ValueProviderFactories.Add(new RouteValueProviderFactory());
                mvc.ValueProviderFactories.Add(new ParametersFactory());
                mvc.ModelBinderProviders.Insert(0, new ParameterBinder());
                mvc.SuppressImplicitRequiredAttributeForNonNullableReferenceTypes = true;
                mvc.OutputFormatters.RemoveType<StringOutputFormatter>();
                mvc.Filters.Add(new ProducesAttribute("application/json"));
            })
            .ConfigureApiBehaviorOptions(api =>
                api.SuppressModelStateInvalidFilter = api.SuppressMapClientErrors = true
            ) // Errors are thrown.
            .AddApiExplorer()
            .AddJsonOptions(json => TwilioJson.Configure(json.JsonSerializerOptions));
        services.AddSingleton<IActionResultExecutor<ObjectResult>, JsonAnswers>();

        // The services validate their forms, see Validation.
        services.AddFluentValidationAutoValidation();
        var fluent = services
            .Last(service => service.ServiceType == typeof(IObjectModelValidator))
            .ImplementationFactory!;
        services.AddSingleton<IObjectModelValidator>(provider => new QueryValidator(
            (IObjectModelValidator)fluent(provider)
        ));
        services.AddValidatorsFromAssemblyContaining<TwilioException>(ServiceLifetime.Singleton);
        services.AddTransient<IValidatorInterceptor, ThrowFirstError>();
        services.Configure<FormOptions>(form =>
            form.ValueCountLimit = form.KeyLengthLimit = form.ValueLengthLimit = MaxRequestBodyBytes
        ); // The limit of the body suffices.
        services.AddSingleton(LimitOptions.Of(configuration)).AddSingleton(new PublicUrl(configuration["PublicUrl"]));
        services.AddHttpContextAccessor();
        return services;
    }
}
