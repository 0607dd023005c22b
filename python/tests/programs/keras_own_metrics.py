# tf: 2.21
# Metrics of several labels, at constraints, and correlations.
import numpy as np
from tensorflow.keras import metrics
y=np.array([[0,1,0.5],[1,1,1],[0.5,0.6,0.2],[0.7,0.9,1.0]]); p=np.array([[.2,.3,.5],[.1,.6,.7],[.5,.8,.1],[.3,.9,1.]])
def val(m,*a,**k):
    m.update_state(*a,**k); return np.round(np.asarray(m.result()),5).tolist()
print(val(metrics.PearsonCorrelation(), y,p), val(metrics.ConcordanceCorrelation(), y,p), val(metrics.ConcordanceCorrelation(axis=0), y,p))
print(val(metrics.R2Score(class_aggregation=None),y,p), val(metrics.R2Score(class_aggregation="variance_weighted_average"),y,p), val(metrics.R2Score(num_regressors=1),y,p), val(metrics.R2Score(),y,p,sample_weight=np.array([1.,2.,3.,4.])))
print(val(metrics.FBetaScore(beta=2.0), (y>.5).astype(float),p), val(metrics.FBetaScore("micro",beta=2.0,threshold=0.4), (y>.5).astype(float),p))
b=(y>.5).astype(float)
for m in (metrics.AUC(multi_label=True,label_weights=[1.,2.,3.]), metrics.AUC(label_weights=[1.,2.,3.]), metrics.AUC(multi_label=True,curve="PR",num_thresholds=5), metrics.SpecificityAtSensitivity(0.6), metrics.RecallAtPrecision(0.7), metrics.PrecisionAtRecall(0.5,num_thresholds=4), metrics.SensitivityAtSpecificity(0.3)):
    print(m.name, val(m,b,p))
